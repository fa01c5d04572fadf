/** What a column holds: how its values are compared, in JavaScript and in SQL alike. */
export type ColumnType = 'text' | 'integer' | 'boolean';

/** A column of a table, and the property of a row that has its value. */
export interface ColumnRef<T = unknown> {
  readonly kind: 'column';
  readonly property: string;
  readonly column: string;
  readonly type: ColumnType;
  readonly __holds?: T;
}

/** A value of what the rows are limited by: of the caller's claims, or of what is made of them. */
export interface ScopeRef<T = unknown> {
  readonly kind: 'scope';
  readonly name: string;
  readonly __holds?: T;
}

/** Rows of another table that belong to a row. */
export interface RelationRef<Columns = unknown> {
  readonly kind: 'relation';
  readonly property: string;
  readonly table: string;
  /** The column of this table, and the one of the other table that has its value. */
  readonly from: string;
  readonly to: string;
  /** In policies, by a function of this name, where tables would ask for each other in a circle otherwise. */
  readonly policyFunction: string | undefined;
  readonly columns: Columns;
}

export type Literal = string | number | bigint | boolean;
export type Operand = ColumnRef | ScopeRef | Literal;
export type Comparison = '=' | '<' | '<=' | '>' | '>=';

/**
 * A condition on a row, as data. There is no negation, so that what is not known, a null, is the same as a no wherever the
 * condition is decided.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'in'; readonly left: Operand; readonly values: ScopeRef | readonly Literal[] }
  | { readonly kind: 'isNull'; readonly column: ColumnRef }
  | { readonly kind: 'some'; readonly relation: RelationRef; readonly where: Condition };

/** A reference to what may be null. */
type RefOf<T> = ColumnRef<T | null> | ScopeRef<T | null | undefined> | ColumnRef<T> | ScopeRef<T>;

/** The same kind of value: a text of a union of texts is compared with any of them. */
type Like<T> = T extends string ? T : T extends number | bigint ? number | bigint : T;

function compare(operator: Comparison) {
  return <T extends Literal>(left: RefOf<T>, right: RefOf<Like<T>> | NoInfer<Like<T>>): Condition => ({
    kind: 'compare',
    operator,
    left,
    right,
  });
}

/** What conditions are made of. */
export const where = {
  eq: compare('='),
  lt: compare('<'),
  lte: compare('<='),
  gt: compare('>'),
  gte: compare('>='),
  in: <T extends Literal>(
    left: RefOf<T>,
    values: ScopeRef<readonly Like<T>[]> | ScopeRef<readonly Like<T>[] | undefined> | readonly NoInfer<Like<T>>[],
  ): Condition => ({ kind: 'in', left, values }),
  isNull: (column: ColumnRef): Condition => ({ kind: 'isNull', column }),
  and: (...of: readonly Condition[]): Condition => ({ kind: 'all', of }),
  or: (...of: readonly Condition[]): Condition => ({ kind: 'any', of }),
  /** Whether some row of the other table is so. */
  some: <Columns>(relation: RelationRef<Columns>, condition: (row: Columns) => Condition): Condition => ({
    kind: 'some',
    relation,
    where: condition(relation.columns),
  }),
};

/** A literal, a scope's value or a row's, as it is compared: null for what is no value of the kind, and equals nothing. */
export type Comparable = string | bigint | boolean | null;

/** Texts that no PostgreSQL can hold are equal to none that it holds: NUL, and half of a surrogate pair. */
export function toComparable(value: unknown, type: ColumnType): Comparable {
  switch (type) {
    case 'text':
      return typeof value === 'string' && !/[\0\p{Cs}]/u.test(value) ? value : null;
    case 'integer':
      return toInteger(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    default:
      return type satisfies never;
  }
}

/** Exact beyond 2^53: drivers give such numbers as bigint or text. */
function toInteger(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,40}$/.test(value) ? BigInt(value) : null;
}

/**
 * The kind of a comparison: the column's, whichever side it is on, or the literal's. Two values of the scope are compared as
 * texts, for settings of a database session are.
 */
export function typeOfOperands(...operands: readonly Operand[]): ColumnType {
  const columns = operands.flatMap((operand) => (isRef(operand) && operand.kind === 'column' ? [operand.type] : []));
  const literals = operands.flatMap((operand) => (isRef(operand) ? [] : [typeOfLiteral(operand)]));
  return columns[0] ?? literals[0] ?? 'text';
}

/** The kind of a list's comparison. */
export function typeOfList({ left, values }: Condition & { readonly kind: 'in' }): ColumnType {
  return typeOfOperands(left, ...('kind' in values ? [] : values));
}

function typeOfLiteral(literal: Literal): ColumnType {
  if (typeof literal === 'string') return 'text';
  return typeof literal === 'boolean' ? 'boolean' : 'integer';
}

export function isRef(operand: Operand): operand is ColumnRef | ScopeRef {
  return typeof operand === 'object';
}

/** A value of the scope; an empty text is no value, as it is none among the settings of a database session. */
export function scopeValue(scope: unknown, { name }: ScopeRef): unknown {
  const value =
    typeof scope === 'object' && scope !== null && Object.hasOwn(scope, name) ? Reflect.get(scope, name) : undefined;
  return value === '' ? undefined : value;
}
