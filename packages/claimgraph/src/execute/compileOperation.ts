import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { InternalError } from '../errors.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { collectFields, type Nodes } from '../operation/collectFields.ts';
import { type FieldGuard, getFieldGuard, isPublic } from '../operation/enforce.ts';
import type { CompiledField, Selection } from './compiledSelection.ts';
import { compileField } from './compileField.ts';
import { createSelection } from './selection.ts';

/** An operation with everything found out that does not depend on who asks, but for the branches that were taken. */
export interface CompiledOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly root: Selection;
  /** Every plan that may have to be decided; its place is its number. */
  readonly plans: readonly FieldPlan[];
  /** Whether its results can be written by its shape; false once one could not be. */
  isWritable: boolean;
}

/** What an operation is made of; `variables` are the coerced ones, of which conditions are read only. */
export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A field counts once for each object type that it may stand in. */
const maxFields = 5_000;

/**
 * Compiles an operation, or what each event of it is, whose result is the same as by graphql-js's `execute`; undefined for one that is left to that:
 * mutations, introspection, a response key `__proto__`, a condition that is null, and what is too large. Each selection set
 * is compiled once for each object type it can meet, so that the work is linear however often a fragment is spread.
 */
export function compileOperation(parts: OperationParts): CompiledOperation | undefined {
  const { schema, plans, document, operation, variables } = parts;
  const rootType = schema.getRootType(operation.operation);
  if (operation.operation === OperationTypeNode.MUTATION || !rootType) return undefined;
  const fragments = fragmentsOf(document);
  const slots = new Map<FieldPlan, number>();
  const selections = new Map<string, Selection>();
  const numbers = new Map<FieldNode, number>();
  let fieldCount = 0;

  try {
    const root = select(rootType, [operation.selectionSet]);
    return { schema, operation, fragments, root, plans: [...slots.keys()], isWritable: true };
  } catch (error) {
    if (error instanceof UnsupportedOperation || error instanceof GraphQLError || error instanceof EvalError)
      return undefined;
    throw error;
  }

  function select(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): Selection {
    const fields = collectFields({ schema, fragments, variables }, type, selectionSets);
    return createSelection([...fields].map(([key, nodes]) => compile(type, key, nodes)));
  }

  /** What stands below these nodes where their value is of this type. */
  function selectBelow(type: GraphQLObjectType, nodes: readonly FieldNode[]): Selection {
    const id = `${type.name} ${nodes.map(numberOf).join(' ')}`;
    let selection = selections.get(id);
    if (!selection) {
      selection = select(
        type,
        nodes.flatMap(({ selectionSet }) => selectionSet ?? []),
      );
      selections.set(id, selection);
    }
    return selection;
  }

  function compile(parentType: GraphQLObjectType, key: string, nodes: Nodes): CompiledField {
    fieldCount += 1;
    const name = nodes[0].name.value;
    // An own property of this name would have to be defined; all others are just set.
    if (fieldCount > maxFields || key === '__proto__') throw new UnsupportedOperation();
    if (name === '__typename') {
      const typename = JSON.stringify(parentType.name);
      return { key, execute: () => parentType.name, leaf: undefined, write: () => typename };
    }
    const field = parentType.getFields()[name];
    const plan = field && plans.get(field);
    // Introspection of the root has none.
    if (!field || !plan) throw new UnsupportedOperation();
    return compileField({
      place: { schema, parentType, field, key, nodes, coordinate: plan.coordinate },
      guarded: guardedBy(field, plan),
      slot: slotOf(plan),
      selectionOf: (type) => selectBelow(type, nodes),
    });
  }

  function slotOf(plan: FieldPlan): number {
    const slot = slots.get(plan) ?? slots.size;
    slots.set(plan, slot);
    return slot;
  }

  function numberOf(node: FieldNode): number {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    return number;
  }
}

/** Tells that an operation stays with graphql-js. */
class UnsupportedOperation extends Error {}

function guardedBy(field: GraphQLField<unknown, unknown>, plan: FieldPlan): FieldGuard | undefined {
  const guarded = field.resolve && getFieldGuard(field.resolve);
  if (guarded ? guarded.plan === plan : isPublic(plan)) return guarded;
  throw new InternalError(`${plan.coordinate} is not guarded by its plan`);
}

function fragmentsOf({ definitions }: DocumentNode): Readonly<Record<string, FragmentDefinitionNode>> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
