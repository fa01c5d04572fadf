import {
  type ColumnType,
  type Condition,
  isRef,
  type Literal,
  type Operand,
  type RelationRef,
  type ScopeRef,
  scopeValue,
  toComparable,
  typeOfList,
  typeOfOperands,
} from './condition.ts';
import { listOf } from './meetsCondition.ts';
import { collated, columnOf, quoteName } from './toSql.ts';

/** Where policies find what a caller is limited to, and which tables they read. */
export interface PolicyOptions {
  /** The prefix of the settings of the database session: `claimgraph` for `claimgraph.regions`. */
  readonly prefix: string;
  /** The schema of the tables, quoted as SQL wants it. */
  readonly schema: string;
  /** Columns that every table is limited by besides, and the settings with their values: `{ tenant: 'tenant' }`. */
  readonly within?: Readonly<Record<string, string>>;
}

/** A condition for `using` of a policy, and the functions that are to be created before it. */
export interface Policy {
  readonly using: string;
  readonly functions: readonly string[];
}

/**
 * A condition as row-level security decides it, by settings of the session in the place of the scope's values. What settings
 * alone decide comes first, in `case`: a policy of another table is only asked where it counts.
 */
export function toPolicy(condition: Condition, table: string, options: PolicyOptions): Policy {
  const functions: string[] = [];
  const using = andAll([...limits(table, options), render(condition, table, options, functions)]);
  return { using, functions };
}

/** The settings that a policy of the condition reads, for one scope. */
export function toSettings(condition: Condition, scope: unknown): Readonly<Record<string, string>> {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return Object.assign({}, ...condition.of.map((part) => toSettings(part, scope)));
    case 'isNull':
      return {};
    case 'some':
      return toSettings(condition.where, scope);
    case 'compare': {
      const type = typeOfOperands(condition.left, condition.right);
      const refs = [condition.left, condition.right]
        .filter((side) => isRef(side))
        .filter((side) => side.kind === 'scope');
      return Object.fromEntries(refs.map((ref) => [ref.name, toText(toComparable(scopeValue(scope, ref), type))]));
    }
    case 'in': {
      const { left, values } = condition;
      const type = typeOfList(condition);
      const ofLeft =
        isRef(left) && left.kind === 'scope'
          ? { [left.name]: toText(toComparable(scopeValue(scope, left), type)) }
          : {};
      if (!('kind' in values)) return ofLeft;
      const list = listOf(values, scope).map((value) => toComparable(value, type));
      return {
        ...ofLeft,
        [values.name]: JSON.stringify(list.flatMap((value) => (value === null ? [] : [String(value)]))),
      };
    }
    default:
      return condition satisfies never;
  }
}

function toText(value: ReturnType<typeof toComparable>): string {
  return value === null ? '' : String(value);
}

function limits(table: string, { prefix, within = {} }: PolicyOptions): readonly string[] {
  return Object.entries(within).map(
    ([column, setting]) => `${columnOf(table, column)} = ${settingOf(prefix, setting, 'text')}`,
  );
}

function render(condition: Condition, table: string, options: PolicyOptions, functions: string[]): string {
  switch (condition.kind) {
    case 'all': {
      const before = condition.of.filter(readsScopeOnly).map((part) => render(part, table, options, functions));
      const ofRow = condition.of
        .filter((part) => !readsScopeOnly(part))
        .map((part) => render(part, table, options, functions));
      if (before.length === 0 || ofRow.length === 0) return andAll([...before, ...ofRow]);
      return `case when ${andAll(before)} then ${andAll(ofRow)} else false end`;
    }
    case 'any':
      return condition.of.length === 0
        ? 'false'
        : `(${condition.of.map((part) => render(part, table, options, functions)).join(' or ')})`;
    case 'isNull':
      return `${columnOf(table, condition.column.column)} is null`;
    case 'compare': {
      const { operator, left, right } = condition;
      const type = typeOfOperands(left, right);
      const [one, other] = [left, right].map((side) => renderOperand(side, table, options, type));
      // Where there is no column, which has it, the order would be the database's.
      const collation = readsScopeOnly(condition) ? collated(type) : '';
      return `${one}${collation} ${operator} ${other}`;
    }
    case 'in': {
      const { left, values } = condition;
      const type = typeOfList(condition);
      return `${renderOperand(left, table, options, type)} = any(${renderList(values, options, type)})`;
    }
    case 'some':
      return renderSome(condition.relation, condition.where, table, options, functions);
    default:
      return condition satisfies never;
  }
}

function andAll(parts: readonly string[]): string {
  return parts.length === 0 ? 'true' : parts.join(' and ');
}

function renderSome(
  { table: other, from, to, policyFunction }: RelationRef,
  where: Condition,
  table: string,
  options: PolicyOptions,
  functions: string[],
): string {
  const inner = andAll([...limits(other, options), render(where, other, options, functions)]);
  const select = `select ${columnOf(other, to)} from ${options.schema}.${quoteName(other)} where ${inner}`;
  if (policyFunction === undefined) return `${columnOf(table, from)} in (${select})`;
  const name = `${options.schema}.${quoteName(policyFunction)}`;
  functions.push(
    `create function ${name}() returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$ begin return array(${select}); end $$`,
  );
  return `${columnOf(table, from)} = any((select ${name}())::text[])`;
}

function renderOperand(operand: Operand, table: string, { prefix }: PolicyOptions, type: ColumnType): string {
  if (!isRef(operand)) return quoteLiteral(operand, type);
  if (operand.kind === 'scope') return settingOf(prefix, operand.name, type);
  return `${columnOf(table, operand.column)}${collated(type)}`;
}

/** Asked for once for each statement, and not for each row. */
function settingOf(prefix: string, name: string, type: ColumnType): string {
  return `(select nullif(current_setting(${quoteText(`${prefix}.${name}`)}, true), '')${castOf(type)})`;
}

function renderList(values: ScopeRef | readonly Literal[], { prefix }: PolicyOptions, type: ColumnType): string {
  const cast = `${castOf(type) || '::text'}[]`;
  if (!('kind' in values)) return `array[${values.map((value) => quoteLiteral(value, type)).join(', ')}]${cast}`;
  const json = `nullif(current_setting(${quoteText(`${prefix}.${values.name}`)}, true), '')::jsonb`;
  return `(select array_agg(value) from jsonb_array_elements_text(${json}) as value)${cast}`;
}

function castOf(type: ColumnType): string {
  if (type === 'integer') return '::numeric';
  return type === 'boolean' ? '::boolean' : '';
}

function quoteLiteral(value: Literal, type: ColumnType): string {
  const comparable = toComparable(value, type);
  return comparable === null ? 'null' : `${quoteText(String(comparable))}${castOf(type) || '::text'}`;
}

function quoteText(text: string): string {
  // A backslash is one whatever standard_conforming_strings says.
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

function readsScopeOnly(condition: Condition): boolean {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.every(readsScopeOnly);
    case 'compare':
      return [condition.left, condition.right].every((side) => !isRef(side) || side.kind === 'scope');
    case 'in':
      return !isRef(condition.left) || condition.left.kind === 'scope';
    default:
      return false;
  }
}
