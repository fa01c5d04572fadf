import {
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { ConfigurationError } from '../errors.ts';
import { allowsEverybody, type Expression } from './expression.ts';
import { type DirectiveOptions, readDirectiveRules } from './federation/federationDirectives.ts';
import { type CompiledMask, type CompiledRule, createRuleReader } from './toExpression.ts';

/** What decides about one field of one object type. */
export interface FieldPlan {
  /** `Type.field` (the schema coordinate). */
  readonly coordinate: string;
  readonly permission: Expression;
  readonly masks: readonly CompiledMask[];
}

/** The plan of every field of every object type, by the field's definition in the schema that is executed. */
export type FieldPlans = ReadonlyMap<GraphQLField<unknown, unknown>, FieldPlan>;

/** Rules by type and field: what a schema author writes, and what codegen's `PermissionTree` types. */
export type PermissionMap = Readonly<Record<string, unknown>>;

/** The permission map and the schema do not fit; the message lists every problem by its coordinate. */
export class PermissionMapError extends ConfigurationError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the permission map does not cover the schema (${problems.length}):\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

/**
 * Gives every field of every object type of the final schema exactly one plan. A rule on an interface field binds every
 * implementation, by conjunction; so do the directives of the SDL that protect. Throws PermissionMapError with all problems at once: a field without a rule, a type or
 * field that does not exist, a rule where none can be enforced, and anything that is not a rule.
 */
export function compilePermissions(
  schema: GraphQLSchema,
  permissions: PermissionMap,
  options: DirectiveOptions = {},
): FieldPlans {
  const problems: string[] = [];
  const rules = readMap(schema, permissions, problems);
  const directives = readDirectiveRules(schema, options, (problem) => problems.push(problem));
  const plans = new Map<GraphQLField<unknown, unknown>, FieldPlan>();
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const sources = [type, ...type.getInterfaces()].map((owner) => `${owner.name}.${field.name}`);
      const written = sources.flatMap((source) => rules.get(source) ?? []);
      const binding = [...written, ...sources.flatMap((source) => directives.get(source) ?? [])];
      const isProtected = binding.length > written.length;
      const contradictsItself = sources.some((source) => directives.has(source) && isPublic(rules.get(source)));
      if (contradictsItself || (isProtected && written.length > 0 && written.every(isPublic))) {
        problems.push(`${coordinate}: is public in the map and protected by a directive; keep one of the two`);
      }
      const own = owns(permissions, type.name) ? permissions[type.name] : undefined;
      if (binding.length === 0 && !(isRecord(own) && owns(own, field.name))) {
        problems.push(`${coordinate}: has no rule; add \`${type.name}: { ${field.name}: … }\` or publicField('why')`);
      }
      plans.set(field, toPlan(coordinate, binding));
    }
  }
  if (problems.length > 0) throw new PermissionMapError(problems);
  return plans;
}

/** The object types whose fields a client can select; introspection answers by its own policy. */
export function objectTypesOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type));
}

function isPublic(rule: CompiledRule | undefined): boolean {
  return rule !== undefined && allowsEverybody(rule.permission);
}

function toPlan(coordinate: string, rules: readonly CompiledRule[]): FieldPlan {
  const [first] = rules;
  const permission: Expression =
    first && rules.length === 1 ? first.permission : { kind: 'all', of: rules.map((rule) => rule.permission) };
  return { coordinate, permission, masks: rules.flatMap((rule) => rule.mask ?? []) };
}

function readMap(schema: GraphQLSchema, permissions: PermissionMap, problems: string[]): Map<string, CompiledRule> {
  let coordinate = '';
  const readRule = createRuleReader((problem) => problems.push(`${coordinate}: ${problem}`));
  const rules = new Map<string, CompiledRule>();
  for (const [typeName, fields] of Object.entries(permissions)) {
    const type = schema.getTypeMap()[typeName];
    coordinate = typeName;
    if (!owns(schema.getTypeMap(), typeName) || !type) {
      problems.push(`${typeName}: there is no such type in the schema`);
    } else if (isIntrospectionType(type)) {
      problems.push(`${typeName}: introspection is opened or closed as a whole, and takes no rules`);
    } else if (!isObjectType(type) && !isInterfaceType(type)) {
      problems.push(`${typeName}: rules go on fields of object types and interfaces; this is another kind of type`);
    } else if (!isRecord(fields)) {
      problems.push(`${typeName}: expected an object with a rule for each field`);
    } else {
      for (const [fieldName, value] of Object.entries(fields)) {
        coordinate = `${typeName}.${fieldName}`;
        if (!hasField(type, fieldName)) {
          problems.push(`${coordinate}: there is no such field in the schema`);
          continue;
        }
        const rule = readRule(value);
        if (rule) rules.set(coordinate, rule);
      }
    }
  }
  return rules;
}

function hasField(type: GraphQLObjectType | GraphQLInterfaceType, name: string): boolean {
  return owns(type.getFields(), name);
}

/** Own properties only: a type or field may be called `constructor` or `toString`. */
function owns(record: object, key: string): boolean {
  return Object.hasOwn(record, key);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
