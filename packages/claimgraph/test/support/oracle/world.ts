import { NotFoundError } from '../../../src/errors.ts';

/** A schema, its permissions and its data as plain descriptions: both the engine's and the oracle's side are made of it. */
export interface World {
  /** By name: a field of one name has the same type and arguments wherever it stands, so that selections always merge. */
  readonly fields: ReadonlyMap<string, FieldSpec>;
  readonly interfaces: readonly TypeSpec[];
  /** The first is Query, the second Mutation. */
  readonly objects: readonly TypeSpec[];
  readonly unions: readonly UnionSpec[];
  /** By `Type.field`, `Type.*` or `*`. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly dataSeed: number;
  /** Whether some resolvers give promises. */
  readonly isAsync: boolean;
}

export interface FieldSpec {
  readonly name: string;
  readonly type: TypeRef;
  /** The named type within. */
  readonly named: string;
  readonly hasArguments: boolean;
  readonly mode: 'null' | 'dropItem' | 'failOperation';
}

export interface TypeRef {
  readonly nonNull: boolean;
  /** What the list is of; undefined for a named type. */
  readonly list: TypeRef | undefined;
}

/** `implements` has the interfaces of its interfaces too, and `fields` the fields of them all. */
export interface TypeSpec {
  readonly name: string;
  readonly implements: readonly string[];
  readonly fields: readonly string[];
}

export interface UnionSpec {
  readonly name: string;
  readonly members: readonly string[];
}

/** What stands at one place of the permission map. */
export interface Entry {
  readonly rule: Tree;
  readonly mask: Tree | undefined;
  /** Whether the field's deny mode is said here. */
  readonly saysMode: boolean;
  readonly exposes: readonly Exposure[];
  /** How rule and modifiers are put into one another; it makes no difference. */
  readonly shape: number;
}

export interface Exposure {
  readonly argument: 'n' | 'by' | 'by=BY_A' | 'by=BY_B' | 'where.min';
  readonly coordinate: string;
}

export type Tree =
  | Leaf
  | { readonly kind: 'all' | 'any'; readonly of: readonly Tree[] }
  | { readonly kind: 'inherit'; readonly from: readonly [string, ...string[]] };

/** What a predicate does. */
export type Says = 'yes' | 'no' | 'throws';

/** Three things to say, by the number that a rule reads. */
export type Table = readonly [Says, Says, Says];

/** One rule of the vocabulary. `id` makes the sentence that it is known by. */
export type Leaf = { readonly id: number } & (
  | { readonly kind: 'public' | 'filter' }
  | { readonly kind: 'scope' | 'anyScope'; readonly scopes: readonly [string, ...string[]] }
  | { readonly kind: 'recent'; readonly maxAge: number }
  | { readonly kind: 'claims' | 'arguments' | 'argumentsByClaims' | 'row' | 'rowByCaller'; readonly table: Table }
);

export interface Claims {
  readonly level: number;
}

export interface Row {
  readonly id: number;
  readonly type: string;
}

export interface Arguments {
  readonly n?: number | null;
  readonly by?: 'BY_A' | 'BY_B' | null;
  readonly where?: { readonly min?: number | null } | null;
}

/** What a resolver gives, before anything is nulled, masked or dropped. */
export type Datum = null | string | Row | NotFoundError | readonly Datum[];

/** What every mask shows. */
export const maskedText = '•••';

/** The number that rules about arguments read. */
export function numberOf({ n }: Arguments): number {
  return (n ?? 0) % 3;
}

/** The number that rules about rows read; a root field has no row. */
export function numberOfRow(row: Row | undefined): number {
  return (row?.id ?? 0) % 3;
}

export function fieldOf(world: World, name: string): FieldSpec {
  const field = world.fields.get(name);
  if (!field) throw new RangeError(`expected a field, got ${name}`);
  return field;
}

/** The object types that stand behind a name. */
export function possibleTypes(world: World, name: string): readonly string[] {
  const union = world.unions.find((candidate) => candidate.name === name);
  if (union) return union.members;
  return world.objects.filter((type) => type.name === name || type.implements.includes(name)).map((type) => type.name);
}

export function typeOf(world: World, name: string): TypeSpec {
  const type = [...world.objects, ...world.interfaces].find((candidate) => candidate.name === name);
  return type ?? { name, implements: [], fields: [] };
}

/** The data: what the field of a row is, with these arguments. The same each time. */
export function datumOf(world: World, row: Row | undefined, field: FieldSpec, args: Arguments): Datum {
  const seed = hash(world.dataSeed, row?.id ?? 0, field.name, JSON.stringify(args));
  if (seed % 17 === 0) return new NotFoundError('this one is not there');
  return datum(world, field, field.type, seed);
}

function datum(world: World, field: FieldSpec, { nonNull, list }: TypeRef, seed: number): Datum {
  const types = possibleTypes(world, field.named);
  if (!nonNull && hash(seed, 'null') % 8 === 0) return null;
  if (list) return Array.from({ length: hash(seed, 'length') % 3 }, (_, i) => datum(world, field, list, hash(seed, i)));
  if (field.named === 'String') return `s${seed % 1_000}`;
  const type = types[hash(seed, 'type') % Math.max(types.length, 1)];
  return type === undefined ? null : { id: hash(seed, 'id') % 100, type };
}

/** FNV-1a, with the last step of murmur3 so that the low bits are as good as the others. */
export function hash(...parts: readonly (string | number)[]): number {
  let value = 0x811c9dc5;
  for (const char of parts.join(' ')) value = Math.imul(value ^ char.charCodeAt(0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
