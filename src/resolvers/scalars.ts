import { inspect } from 'node:util';
import { GraphQLError, GraphQLScalarType, type ValueNode, valueFromASTUntyped } from 'graphql';

/** An instant as RFC 3339 writes it. Output only: no argument takes one. */
export const DateTime = new GraphQLScalarType({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
    throw new TypeError('DateTime: expected a valid Date');
  },
});

/** Whole US dollars. */
export const Usd = new GraphQLScalarType({
  name: 'Usd',
  serialize(value) {
    if (Number.isSafeInteger(value)) return value;
    throw new TypeError('Usd: expected a whole number up to 2^53 - 1');
  },
  parseValue: (value) => parseUsd(value),
  // graphql-js says the place of a variable by itself, and leaves that of a literal to whoever throws a GraphQLError.
  parseLiteral: (node, variables) => parseUsd(valueFromASTUntyped(node, variables), node),
});

function parseUsd(value: unknown, node?: ValueNode): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  // The client reads it, as it reads what graphql-js says of its own scalars.
  const message = `Usd: expected a whole number from 0 to 2^53 - 1; got ${inspect(value).slice(0, 100)}`;
  throw new GraphQLError(message, { nodes: node ?? null });
}

/** Any JSON value, for arguments that are checked elsewhere. Input only: no field gives one. */
export const Json = new GraphQLScalarType({
  name: 'JSON',
  serialize() {
    throw new TypeError('JSON: is for arguments only');
  },
});
