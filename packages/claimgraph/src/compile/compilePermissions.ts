import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import type { PermissionMap } from '../rules/permissionMap.ts';
import { type DirectiveOptions, readDirectiveRules } from './directives/federationDirectives.ts';
import { createFieldCompiler } from './fieldCompiler.ts';
import { readPermissionMap } from './permissionMap.ts';
import { createProblemList, type Problem, ProblemsError } from './problem.ts';

export type { PermissionMap } from '../rules/permissionMap.ts';

/** The plan of every field of every object type, by the field's definition in the schema that is executed. */
export type FieldPlans = ReadonlyMap<GraphQLField<unknown, unknown>, FieldPlan>;

/** The permission map and the schema do not fit. */
export class PermissionMapError extends ProblemsError {
  constructor(problems: readonly Problem[]) {
    super('the permission map does not cover the schema', problems);
  }
}

/**
 * Gives every field of every object type of the final schema exactly one plan. What binds a field, all by conjunction: its
 * own rule (or the `'*'` of its type), the rule of each interface that has the field, and the directives of the SDL that
 * protect. Throws PermissionMapError with
 * all problems at once: a field without a rule, a type or field that does not exist, a rule where none can be enforced,
 * anything that is not a rule, and rules that contradict each other.
 */
export function compilePermissions(
  schema: GraphQLSchema,
  permissions: PermissionMap,
  options: DirectiveOptions = {},
): FieldPlans {
  const { report, problems } = createProblemList();
  const lookup = readPermissionMap(schema, permissions, report);
  const directives = readDirectiveRules(schema, options, report);
  const compiler = createFieldCompiler(schema, { lookup, directives }, report);
  const plans = new Map<GraphQLField<unknown, unknown>, FieldPlan>();
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields())) {
      const plan = compiler.planOf(type, field);
      if (plan) plans.set(field, plan);
    }
  }
  compiler.validateUnusedEntries();
  const found = problems();
  if (found.length > 0) throw new PermissionMapError(found);
  return plans;
}

/** The object types whose fields a client can select; introspection answers by its own policy. */
export function objectTypesOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type));
}
