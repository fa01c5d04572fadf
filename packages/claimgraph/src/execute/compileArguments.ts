import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isEnumType,
  isSpecifiedScalarType,
  Kind,
  type ValueNode,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;
type Arguments = Record<string, unknown>;

/** Gives a field's coerced arguments, as an object that its resolver may change. Throws as graphql-js does. */
export type ReadArguments = (variables: Readonly<Record<string, unknown>>) => Arguments;

/** Undefined for a field that has none. What is the same for every call is coerced once. */
export function compileArguments(field: Field, node: FieldNode): ReadArguments | undefined {
  if (field.args.length === 0) return undefined;
  if (!isConstant(field, node)) return (variables) => getArgumentValues(field, node, variables);
  let constant: Arguments;
  try {
    constant = getArgumentValues(field, node);
  } catch {
    // Faulty for every call, each with an error of its own.
    return (variables) => getArgumentValues(field, node, variables);
  }
  return () => ({ ...constant });
}

/** Whether the values are immutable and depend on the document alone. A scalar of the schema's own may do as it likes. */
function isConstant(field: Field, node: FieldNode): boolean {
  return field.args.every((argument) => {
    const given = node.arguments?.find(({ name }) => name.value === argument.name);
    return given ? isPlain(argument, given.value) : !isObject(argument.defaultValue);
  });
}

function isPlain({ type }: GraphQLArgument, value: ValueNode): boolean {
  const named = getNamedType(type);
  if (!isEnumType(named) && !isSpecifiedScalarType(named)) return false;
  if (isEnumType(named) && named.getValues().some((one) => isObject(one.value))) return false;
  return (
    value.kind !== Kind.VARIABLE &&
    value.kind !== Kind.LIST &&
    value.kind !== Kind.OBJECT &&
    getNullableType(type) === named
  );
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
