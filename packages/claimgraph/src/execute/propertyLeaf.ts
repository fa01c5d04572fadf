import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLOutputType,
  GraphQLString,
  getNullableType,
  isNonNullType,
} from 'graphql';

/** A leaf that is a property of its object, and whose usual values the response holds as they are. */
export interface PropertyLeaf {
  readonly name: string;
  readonly isNullable: boolean;
  readonly kept: 'string' | 'boolean' | 'integer' | 'number';
  /** The number of the plan that must be settled; undefined where everybody may read the field. */
  readonly slot: number | undefined;
}

const keptBy = new Map<unknown, PropertyLeaf['kept']>([
  [GraphQLString, 'string'],
  [GraphQLID, 'string'],
  [GraphQLBoolean, 'boolean'],
  [GraphQLInt, 'integer'],
  [GraphQLFloat, 'number'],
]);

/** Undefined where each value has to be serialized. */
export function toPropertyLeaf(
  name: string,
  type: GraphQLOutputType,
  slot: number | undefined,
): PropertyLeaf | undefined {
  const kept = keptBy.get(getNullableType(type));
  return kept && { name, slot, kept, isNullable: !isNonNullType(type) };
}

/** JavaScript that tells whether the response holds this value as it is. */
export function printKeeps({ kept }: PropertyLeaf, value: string): string {
  switch (kept) {
    case 'number':
      return `typeof ${value} === 'number' && Number.isFinite(${value})`;
    case 'integer':
      // A GraphQL Int has 32 bits.
      return `typeof ${value} === 'number' && (${value} | 0) === ${value}`;
    default:
      return `typeof ${value} === '${kept}'`;
  }
}
