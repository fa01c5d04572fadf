import {
  type ColumnType,
  type Comparable,
  type Condition,
  isRef,
  type Operand,
  type RelationRef,
  scopeValue,
  toComparable,
  typeOfList,
  typeOfOperands,
} from './condition.ts';
import { isSo, listOf } from './meetsCondition.ts';

/** A piece of SQL, or a value that is to be a parameter there. */
export type SqlPart = string | { readonly parameter: string | boolean | readonly string[] };

/** A condition in SQL, with `$1` and so on in the place of its parameters. */
export interface SqlStatement {
  readonly sql: string;
  readonly parameters: readonly (string | boolean | readonly string[])[];
}

/** What every table is limited to besides, as to a tenant: the name of a text column, and its value. */
export type Within = Readonly<Record<string, string>>;

/**
 * The condition for this scope as SQL of PostgreSQL: what the scope alone decides is decided here, so that an admin's is
 * `true` and nobody's `false`. A parameter for each value or list, however long. Columns carry the name of their table.
 */
export function toSqlParts(
  condition: Condition,
  table: string,
  scope: unknown,
  within: Within = {},
): readonly SqlPart[] {
  const rendered = render(condition, table, scope, within);
  return rendered[0] === 'false' ? rendered : [...limits(table, within), ...rendered];
}

/** The same as text with parameters, for any driver. */
export function toSqlStatement(parts: readonly SqlPart[]): SqlStatement {
  const parameters: SqlStatement['parameters'][number][] = [];
  const sql = parts.map((part) => (typeof part === 'string' ? part : `$${parameters.push(part.parameter)}`));
  return { sql: sql.join(''), parameters };
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function limits(table: string, within: Within): readonly SqlPart[] {
  return Object.entries(within).flatMap(([column, value]) => [
    `${columnOf(table, column)} = `,
    { parameter: value },
    '::text and ',
  ]);
}

function render(condition: Condition, table: string, scope: unknown, within: Within): readonly SqlPart[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return renderLogic(condition.kind, condition.of, table, scope, within);
    case 'isNull':
      return [`${columnOf(table, condition.column.column)} is null`];
    case 'compare':
      return renderCompare(condition, table, scope);
    case 'in':
      return renderIn(condition, table, scope);
    case 'some':
      return renderSome(condition.relation, condition.where, table, scope, within);
    default:
      return condition satisfies never;
  }
}

function renderLogic(
  kind: 'all' | 'any',
  of: readonly Condition[],
  table: string,
  scope: unknown,
  within: Within,
): readonly SqlPart[] {
  const [neutral, decisive] = kind === 'all' ? ['true', 'false'] : ['false', 'true'];
  const parts = of.map((part) => render(part, table, scope, within)).filter((part) => part[0] !== neutral);
  const decided = parts.find((part) => part[0] === decisive);
  if (decided) return decided;
  const [first, ...others] = parts;
  if (!first) return [neutral ?? ''];
  if (others.length === 0) return first;
  const word = kind === 'all' ? ' and ' : ' or ';
  return ['(', ...first, ...others.flatMap((part) => [word, ...part]), ')'];
}

function renderCompare(
  { operator, left, right }: Condition & { readonly kind: 'compare' },
  table: string,
  scope: unknown,
): readonly SqlPart[] {
  const type = typeOfOperands(left, right);
  if (!isColumn(left) && !isColumn(right)) {
    return [String(isSo(operator, knownValue(left, scope, type), knownValue(right, scope, type)))];
  }
  const sides = [left, right].map((side) => renderOperand(side, table, scope, type));
  const [one, other] = sides;
  return one && other ? [...one, ` ${operator} `, ...other] : ['false'];
}

/** Undefined for what is no value. */
function renderOperand(
  operand: Operand,
  table: string,
  scope: unknown,
  type: ColumnType,
): readonly SqlPart[] | undefined {
  if (isRef(operand) && operand.kind === 'column') return [`${columnOf(table, operand.column)}${collated(type)}`];
  const value = knownValue(operand, scope, type);
  return value === null ? undefined : [{ parameter: toParameter(value) }, `::${sqlTypeOf(value)}${collated(type)}`];
}

function renderIn(condition: Condition & { readonly kind: 'in' }, table: string, scope: unknown): readonly SqlPart[] {
  const { left, values } = condition;
  const type = typeOfList(condition);
  const known = listOf(values, scope).map((value) => toComparable(value, type));
  if (!isColumn(left)) {
    const value = knownValue(left, scope, type);
    return [String(known.some((one) => isSo('=', value, one)))];
  }
  const usable = known.filter((value) => value !== null);
  const [first] = usable;
  if (first === undefined) return ['false'];
  const sqlType = usable.map(sqlTypeOf).find((one) => one === 'numeric') ?? sqlTypeOf(first);
  const parameter = usable.map((value) => String(value));
  return [`${columnOf(table, left.column)}${collated(type)} = any(`, { parameter }, `::${sqlType}[])`];
}

function renderSome(
  { table: other, from, to }: RelationRef,
  where: Condition,
  table: string,
  scope: unknown,
  within: Within,
): readonly SqlPart[] {
  const inner = render(where, other, scope, within);
  if (inner[0] === 'false') return inner;
  const name = quoteName(other);
  return [
    `${columnOf(table, from)} in (select ${columnOf(other, to)} from ${name} where `,
    ...limits(other, within),
    ...inner,
    ')',
  ];
}

export function columnOf(table: string, column: string): string {
  return `${quoteName(table)}.${quoteName(column)}`;
}

function isColumn(operand: Operand): operand is Extract<Operand, { readonly kind: 'column' }> {
  return isRef(operand) && operand.kind === 'column';
}

function knownValue(operand: Operand, scope: unknown, type: ColumnType): Comparable {
  if (!isRef(operand)) return toComparable(operand, type);
  return operand.kind === 'scope' ? toComparable(scopeValue(scope, operand), type) : null;
}

/** Whatever the column's own collation is, texts are equal that are the same. */
export function collated(type: ColumnType): string {
  return type === 'text' ? ' collate "C"' : '';
}

function toParameter(value: NonNullable<Comparable>): string | boolean {
  return typeof value === 'bigint' ? String(value) : value;
}

function sqlTypeOf(value: NonNullable<Comparable>): 'text' | 'boolean' | 'int8' | 'numeric' {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'boolean';
  return BigInt.asIntN(64, value) === value ? 'int8' : 'numeric';
}
