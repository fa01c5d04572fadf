import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLOutputType,
  GraphQLString,
  getNullableType,
  isNonNullType,
  type ResponsePath as Path,
} from 'graphql';
import type { Run } from './run.ts';
import type { CompiledField } from './selection.ts';

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

/** The same as `field.execute`, which is asked for whatever is not usual: the reading of most values ends here. */
export function executeLeaf(
  run: Run,
  field: CompiledField,
  { name, slot, kept, isNullable }: PropertyLeaf,
  source: unknown,
  parent: Path | undefined,
): unknown {
  if (slot !== undefined && !run.isSettled[slot]) return field.execute(run, source, parent);
  if (!isObject(source)) return field.execute(run, source, parent);
  let value: unknown;
  try {
    value = source[name];
  } catch (error) {
    return field.execute(run, source, parent, () => {
      throw error;
    });
  }
  if (isKept(value, kept)) return value;
  if (value == null && isNullable) return null;
  return field.execute(run, source, parent, () => value);
}

function isKept(value: unknown, kept: PropertyLeaf['kept']): boolean {
  switch (kept) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    default:
      // A GraphQL Int has 32 bits.
      return typeof value === 'number' && (value | 0) === value;
  }
}

function isObject(source: unknown): source is Readonly<Record<string, unknown>> {
  return typeof source === 'object' && source !== null;
}
