import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { InternalError } from '../errors.ts';
import type { FieldInput, FieldPlan } from '../logic/fieldPlan.ts';
import { toGraphqlVariables } from './coerceVariables.ts';
import type { OperationCost } from './operationCost.ts';

/** A field of the operation's root type. */
export interface RootField {
  readonly responseKey: string;
  readonly node: FieldNode;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly plan: FieldPlan;
}

/** A selection whose arguments can use what not everybody may. */
export interface InputField extends Omit<RootField, 'responseKey'> {
  readonly inputs: readonly FieldInput[];
  readonly path: readonly string[];
}

/** Everything of an operation that its authorisation depends on. */
export interface OperationPlan {
  /** The root fields by response key, without `__typename` and introspection. */
  readonly rootFields: ReadonlyMap<string, RootField>;
  /** Whether the operation asks for `__typename`, `__schema` or `__type` at its root, which need no rule. */
  readonly hasMetaFields: boolean;
  /** Every field that may be executed, with the response path of the place where it was met first. */
  readonly fields: ReadonlyMap<FieldPlan, readonly string[]>;
  /** Those of them that are no root fields, and so are met without their arguments. */
  readonly nestedFields: ReadonlyMap<FieldPlan, readonly string[]>;
  /** Those of all that fail the operation when they are denied. */
  readonly failOperationFields: ReadonlyMap<FieldPlan, readonly string[]>;
  /** Each selection whose arguments can use what not everybody may. */
  readonly inputFields: readonly InputField[];
  /** Set by the first operation that is begun by this plan. */
  cost?: OperationCost;
  /** Only of a plan that is kept for other requests. */
  kept?: KeptPlan;
}

/** What a plan takes of the memory for documents. */
export interface KeptPlan {
  /** Counts what more is kept with the plan. */
  grow(bytes: number): void;
  /** Gives it all back. */
  drop(): void;
}

/**
 * Which fields may this operation execute? Where a position is abstract, those of every possible type. Selections that
 * `@skip` and `@include` leave out do not count. A selection set is walked once for each object type it can meet, so
 * the work is linear however often a fragment is spread. `variables` are the coerced ones.
 */
export function planOperation(
  schema: GraphQLSchema,
  plans: FieldPlans,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): OperationPlan {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const rootFields = new Map<string, RootField>();
  const fields = new Map<FieldPlan, readonly string[]>();
  // Apart, because a fragment on the root type can be met again below the root, where its fields are no root fields.
  const walkedAtRoot = new Map<SelectionSetNode, Set<GraphQLObjectType>>();
  const walkedBelow = new Map<SelectionSetNode, Set<GraphQLObjectType>>();
  const inputFields: InputField[] = [];
  let hasMetaFields = false;

  function walk(selectionSet: SelectionSetNode, type: GraphQLObjectType, path: readonly string[], isRoot: boolean) {
    const walked = isRoot ? walkedAtRoot : walkedBelow;
    const types = walked.get(selectionSet) ?? new Set();
    if (types.has(type)) return;
    walked.set(selectionSet, types.add(type));
    for (const selection of selectionSet.selections) {
      if (!isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        meetField(selection, type, path, isRoot);
      } else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (fragment && applies(fragment.typeCondition?.name.value, type)) {
          walk(fragment.selectionSet, type, path, isRoot);
        }
      }
    }
  }

  function meetField(node: FieldNode, type: GraphQLObjectType, path: readonly string[], isRoot: boolean) {
    const name = node.name.value;
    if (name.startsWith('__')) {
      hasMetaFields ||= isRoot;
      return;
    }
    const definition = type.getFields()[name];
    const plan = definition && plans.get(definition);
    if (!plan) throw new InternalError(`${type.name}.${name} has no plan`);
    const responseKey = node.alias?.value ?? name;
    const here = [...path, responseKey];
    if (isRoot && !rootFields.has(responseKey)) rootFields.set(responseKey, { responseKey, node, definition, plan });
    if (!fields.has(plan)) fields.set(plan, here);
    if (plan.inputs) inputFields.push({ node, definition, plan, inputs: plan.inputs, path: here });
    if (!node.selectionSet) return;
    const result = getNamedType(definition.type);
    const possible = isAbstractType(result) ? schema.getPossibleTypes(result) : isObjectType(result) ? [result] : [];
    for (const next of possible) walk(node.selectionSet, next, here, false);
  }

  const graphqlVariables = toGraphqlVariables(variables);

  function isIncluded(selection: SelectionNode): boolean {
    if (!selection.directives?.length) return true;
    try {
      const skip = getDirectiveValues(GraphQLSkipDirective, selection, graphqlVariables);
      const include = getDirectiveValues(GraphQLIncludeDirective, selection, graphqlVariables);
      return skip?.if !== true && include?.if !== false;
    } catch (error) {
      // A null where a Boolean must be. Execution refuses the selection set for it; until then the field counts.
      if (error instanceof GraphQLError) return true;
      throw error;
    }
  }

  function applies(typeCondition: string | undefined, type: GraphQLObjectType): boolean {
    if (typeCondition === undefined || typeCondition === type.name) return true;
    const condition = schema.getType(typeCondition);
    return isAbstractType(condition) && schema.isSubType(condition, type);
  }

  const rootType = schema.getRootType(operation.operation);
  if (rootType) walk(operation.selectionSet, rootType, [], true);
  const fatal = new Map([...fields].filter(([{ denyMode }]) => denyMode === 'failOperation'));
  const rootPlans = new Set([...rootFields.values()].map(({ plan }) => plan));
  const below = new Map([...fields].filter(([plan]) => !rootPlans.has(plan)));
  return { rootFields, hasMetaFields, fields, nestedFields: below, failOperationFields: fatal, inputFields };
}
