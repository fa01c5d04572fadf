import { ConfigurationError, ForbiddenError } from '../errors.ts';
import type { ColumnRef, Condition, RelationRef, ScopeRef } from '../filters/condition.ts';
import { describeCondition } from '../filters/describeCondition.ts';
import { meetsCondition } from '../filters/meetsCondition.ts';
import { type Policy, type PolicyOptions, toPolicy, toSettings } from '../filters/toPolicy.ts';
import { type SqlPart, type SqlStatement, toSqlParts, toSqlStatement, type Within } from '../filters/toSql.ts';
import { denied } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { decideWithClaims } from './decideWithClaims.ts';
import { needsClaimsDefinition } from './needsClaims.ts';
import { type Caller, createRule, type DataOf, type FieldRule } from './rule.ts';

/** The columns of a table as conditions name them, by the properties of its rows. */
export type Columns = Readonly<Record<string, ColumnRef>>;

export interface RowTable<Of extends Columns = Columns> {
  readonly table: string;
  readonly columns: Of;
}

type MakeColumn = Readonly<{ column: string; type: ColumnRef['type'] }>;
type ColumnsOf<Made> = {
  readonly [Property in keyof Made]: Made[Property] extends { readonly __holds?: infer T } ? ColumnRef<T> : never;
};

/** A column by the name that SQL has for it. Texts are compared as they are, whatever the column's collation. */
export const column = {
  text: (name: string): MakeColumn & { readonly __holds?: string } => ({ column: name, type: 'text' }),
  integer: (name: string): MakeColumn & { readonly __holds?: number | bigint } => ({ column: name, type: 'integer' }),
  boolean: (name: string): MakeColumn & { readonly __holds?: boolean } => ({ column: name, type: 'boolean' }),
};

/** A table that filters are about: its name, and the column behind each property of its rows. */
export function rowTable<Made extends Readonly<Record<string, MakeColumn>>>(
  table: string,
  made: Made,
): RowTable<ColumnsOf<Made>> {
  const columns = Object.entries(made).map(([property, { column, type }]) => {
    return [property, { kind: 'column', property, column, type }];
  });
  return { table, columns: Object.fromEntries(columns) };
}

/** Rows of another table that belong to a row of one: `from` and `to` are columns that hold the same key. */
export function relation<Of extends Columns>(
  property: string,
  options: {
    readonly table: RowTable<Of>;
    readonly from: string;
    readonly to: string;
    /** In policies, the name of a function by which the tables do not ask for each other in a circle. */
    readonly policyFunction?: string;
  },
): RelationRef<Of> {
  const { table, from, to, policyFunction } = options;
  return { kind: 'relation', property, table: table.table, columns: table.columns, from, to, policyFunction };
}

type KeysOf<Scope> = Scope extends unknown ? keyof Scope : never;
type ValueOf<Scope, Key> = Scope extends unknown ? (Key extends keyof Scope ? Scope[Key] : undefined) : never;

/** What rows are limited by, as conditions name it: claims, or what is made of them. */
export type ScopeRefs<Scope> = { readonly [Key in KeysOf<Scope>]-?: ScopeRef<ValueOf<Scope, Key>> };

type RowOf<Of> = { readonly [Property in keyof Of]?: unknown };

/** Which rows a caller sees, declared once. */
export interface RowFilter<Of extends Columns = Columns, Scope = unknown, Claims = unknown> {
  readonly sentence: string;
  readonly table: RowTable<Of>;
  readonly condition: Condition;
  /** What the condition's values are taken from, for a caller with these claims. */
  scopeOf(claims: Claims, caller: Caller): Scope;
}

interface RowFilterOptions<Of extends Columns, Scope, Claims> {
  readonly table: RowTable<Of>;
  /** What is made of the claims before rows are limited by it; the claims themselves unless given. */
  readonly scope?: (claims: Claims, caller: Caller) => Scope;
  readonly where: (row: Of, scope: ScopeRefs<Scope>) => Condition;
}

/**
 * Which rows a caller sees, as data: `requireRowFilter` makes a rule of it, `whereOf` the condition of a statement, and
 * `policyOf` that of row-level security, which all say the same. The sentence completes "the caller sees …".
 */
export function rowFilter<Of extends Columns, Scope, Claims = Scope>(
  sentence: string,
  options: RowFilterOptions<Of, Scope, Claims>,
): RowFilter<Of, Scope, Claims> {
  const { table, where } = options;
  if (typeof sentence !== 'string' || sentence.trim() === '') {
    throw new ConfigurationError('rowFilter: expected a sentence that completes "the caller sees …"; got none');
  }
  const scopeOf = options.scope ?? ((claims: Claims) => claims as unknown as Scope);
  return { sentence, table, condition: where(table.columns, scopeRefs()), scopeOf };
}

/** Any name of the scope: TypeScript knows which there are. */
function scopeRefs<Scope>(): ScopeRefs<Scope> {
  return new Proxy({} as ScopeRefs<Scope>, {
    get: (_target, name): ScopeRef => ({ kind: 'scope', name: String(name) }),
  });
}

/** The condition for one scope, in pieces: for a query builder that takes SQL and parameters one after the other. */
export function wherePartsOf<Scope>(
  { condition, table }: RowFilter<Columns, Scope, never>,
  scope: NoInfer<Scope>,
  within?: Within,
): readonly SqlPart[] {
  return toSqlParts(condition, table.table, scope, within);
}

/** The condition for one scope as `{ sql, parameters }`, for any driver of PostgreSQL. */
export function whereOf<Scope>(
  filter: RowFilter<Columns, Scope, never>,
  scope: NoInfer<Scope>,
  within?: Within,
): SqlStatement {
  return toSqlStatement(wherePartsOf(filter, scope, within));
}

/** The condition of a policy of row-level security, and the functions that it calls. */
export function policyOf({ condition, table }: RowFilter, options: PolicyOptions): Policy {
  return toPolicy(condition, table.table, options);
}

/** The settings of a database session that the policies of these filters read, without their prefix. */
export function settingsOf<Scope>(
  filters: readonly RowFilter<Columns, Scope, never>[],
  scope: NoInfer<Scope>,
): Readonly<Record<string, string>> {
  return Object.assign({}, ...filters.map(({ condition }) => toSettings(condition, scope)));
}

/** Whether the caller sees the row, decided in JavaScript as PostgreSQL does. */
export function seesRow<Scope>(
  { condition }: RowFilter<Columns, Scope, never>,
  row: unknown,
  scope: NoInfer<Scope>,
): boolean {
  return meetsCondition(condition, row, scope);
}

/** The parent object must be one that the caller sees by this filter. */
export function requireRowFilter<Of extends Columns, Scope, Claims>(
  filter: RowFilter<Of, Scope, Claims>,
): FieldRule<RowOf<Of>> {
  return createRule(`sees ${filter.sentence}`, { kind: 'rowFilter', filter: filter });
}

export function rowFilterDefinition({ filter }: DataOf<'rowFilter'>): RuleDefinition {
  const name = `sees ${filter.sentence}`;
  const no = denied(name, new ForbiddenError(name));
  return {
    name,
    description: `The row is one of ${filter.sentence}: ${describeCondition(filter.condition)}.`,
    reads: 'row',
    readsClaims: true,
    needs: 'claims',
    decide: (facts, row) =>
      decideWithClaims(no, facts, (claims, caller) =>
        meetsCondition(filter.condition, row, filter.scopeOf(claims, caller)),
      ),
  };
}

/**
 * For a field whose resolver gives only the rows that these filters let through: denies no caller, but has the claims loaded
 * before the field is resolved, and says which filters its resolver applies.
 */
export function limitedBy(...filters: readonly [RowFilter, ...RowFilter[]]): FieldRule {
  if (filters.length === 0 || !filters.every((filter) => typeof filter?.sentence === 'string')) {
    throw new ConfigurationError(
      'limitedBy: expected one or more filters made by rowFilter; got none, or something else',
    );
  }
  return createRule(toName(filters), { kind: 'limitedBy', filters });
}

export function limitedByDefinition({ filters }: DataOf<'limitedBy'>): RuleDefinition {
  const { authored: _, ...definition } = needsClaimsDefinition({ kind: 'needsClaims', sentence: toName(filters) });
  const conditions = filters.map(({ sentence, condition }) => `${sentence}: ${describeCondition(condition)}`);
  return {
    ...definition,
    description: `The field gives ${conditions.join('; ')}.`,
    limitedBy: filters.map(({ sentence }) => sentence),
  };
}

function toName(filters: readonly { readonly sentence: string }[]): string {
  return `sees ${filters.map(({ sentence }) => sentence).join(' and ')}`;
}
