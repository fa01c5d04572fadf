import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { toGraphqlVariables } from './coerceVariables.ts';
import { collectFields, type Nodes } from './collectFields.ts';

type Variables = Readonly<Record<string, unknown>>;

/** How many values a result can have, fields and items of lists; a function where variables say how long a list is. */
export type OperationCost = number | ((variables: Variables) => number);

export interface CostedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The coerced ones, of which `@skip` and `@include` are read only. */
  readonly variables: Variables;
  /** How many items a list is taken to have whose length no argument says. */
  readonly listSize: number;
}

/** Arguments that say how many items there are at most: as Relay, GraphQL's own cursor connections and `nodes(ids:)` name them. */
const sizeArguments = ['first', 'last', 'limit', 'ids'] as const;

/**
 * What an operation costs, before it is executed. A page size counts for the list that its field gives, or for the lists
 * that stand right in the object that it gives, such as `nodes` and `edges` of a connection. Where a value can be of several
 * types, it is of the one that costs most.
 */
export function costOperation({ schema, document, operation, variables, listSize }: CostedOperation): OperationCost {
  const rootType = schema.getRootType(operation.operation);
  if (!rootType) return 0;
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  const conditions = { schema, fragments, variables: toGraphqlVariables(variables) };
  const known = new Map<string, OperationCost>();
  const numbers = new Map<FieldNode, number>();

  try {
    return costOf(rootType, [operation.selectionSet], undefined);
  } catch (error) {
    // A condition that is null: execution refuses the operation for it.
    if (error instanceof GraphQLError) return 0;
    throw error;
  }

  function costOf(type: GraphQLObjectType, sets: readonly FieldNode['selectionSet'][], page: Size | undefined) {
    const selectionSets = sets.flatMap((set) => set ?? []);
    let cost: OperationCost = 0;
    for (const nodes of collectFields(conditions, type, selectionSets).values()) {
      const field = type.getFields()[nodes[0].name.value];
      cost = add(cost, field ? costOfField(field, nodes, page) : 1);
    }
    return cost;
  }

  function costOfField(field: GraphQLField<unknown, unknown>, nodes: Nodes, page: Size | undefined): OperationCost {
    const asked = sizeAskedOf(field, nodes[0]);
    const ofLists = listsOf(field.type);
    let cost = costBelow(getNamedType(field.type), nodes, ofLists === 0 ? asked : undefined);
    // From the inside: what stands in an inner list has its usual length.
    for (let depth = ofLists; depth > 0; depth -= 1) {
      cost = multiply(depth === 1 ? [asked, page] : [], add(1, cost));
    }
    return add(1, cost);
  }

  function costBelow(type: GraphQLOutputType, nodes: Nodes, page: Size | undefined): OperationCost {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
    const costs = possible.map((one) => {
      const id = `${one.name} ${typeof page === 'number' ? page : ''} ${nodes.map(numberOf).join(' ')}`;
      const cost =
        known.get(id) ??
        costOf(
          one,
          nodes.map(({ selectionSet }) => selectionSet),
          page,
        );
      known.set(id, cost);
      return cost;
    });
    return costs.reduce(larger, 0);
  }

  function numberOf(node: FieldNode): number {
    const number = numbers.get(node) ?? numbers.size;
    numbers.set(node, number);
    return number;
  }

  function multiply(sizes: readonly (Size | undefined)[], cost: OperationCost): OperationCost {
    const size = sizes.find((one) => one !== undefined) ?? listSize;
    if (typeof size === 'number' && typeof cost === 'number') return size * cost;
    const lengthIn = (given: Variables) => {
      for (const one of sizes) {
        const length = typeof one === 'function' ? one(given) : one;
        if (length !== undefined) return length;
      }
      return listSize;
    };
    return (given) => lengthIn(given) * costIn(cost, given);
  }
}

/** What the cost is with these variables. */
export function costIn(cost: OperationCost, variables: Variables): number {
  return typeof cost === 'number' ? cost : cost(variables);
}

function add(a: OperationCost, b: OperationCost): OperationCost {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  return (variables) => costIn(a, variables) + costIn(b, variables);
}

function larger(a: OperationCost, b: OperationCost): OperationCost {
  if (typeof a === 'number' && typeof b === 'number') return Math.max(a, b);
  return (variables) => Math.max(costIn(a, variables), costIn(b, variables));
}

/** How many lists stand in one another. */
function listsOf(type: GraphQLOutputType): number {
  const list = getNullableType(type);
  return isListType(list) ? 1 + listsOf(list.ofType) : 0;
}

/** The length that arguments ask for; a function where they are variables, which may turn out to say nothing. */
type Size = number | ((variables: Variables) => number | undefined);

function sizeAskedOf({ args }: GraphQLField<unknown, unknown>, node: FieldNode): Size | undefined {
  const sizes = args.flatMap((argument): Size[] => {
    if (!sizeArguments.some((one) => one === argument.name)) return [];
    const given = node.arguments?.find(({ name }) => name.value === argument.name);
    const usual = defaultLengthOf(argument);
    const size = given ? sizeOf(given.value, usual) : usual;
    return size === undefined ? [] : [size];
  });
  if (sizes.length < 2) return sizes[0];
  return (variables) => {
    const all = sizes.flatMap((size) => (typeof size === 'number' ? size : (size(variables) ?? [])));
    return all.length === 0 ? undefined : Math.max(...all);
  };
}

/** What an argument asks for that is not given. graphql-js 17 keeps defaults of SDL as literals, in `default`. */
function defaultLengthOf(argument: GraphQLArgument): number | undefined {
  if (argument.defaultValue !== undefined) return lengthOf(argument.defaultValue);
  const { value, literal }: { value?: unknown; literal?: ValueNode } = Object(Reflect.get(argument, 'default'));
  return literal ? lengthOf(valueFromASTUntyped(literal)) : lengthOf(value);
}

function sizeOf(value: ValueNode, usual: number | undefined): Size | undefined {
  switch (value.kind) {
    case Kind.VARIABLE: {
      const name = value.name.value;
      // A variable that is not given leaves the argument its default (section 6.4.1 of the specification).
      return (variables) => (Object.hasOwn(variables, name) ? lengthOf(variables[name]) : usual);
    }
    case Kind.INT:
      return lengthOf(Number(value.value));
    case Kind.LIST:
      return value.values.length;
    default:
      return undefined;
  }
}

function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
