import { seesRow, wherePartsOf } from 'claimgraph';
import { DummyDriver, type Expression, Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import {
  type rowFilters,
  visibleAuditEvents,
  visibleCompanies,
  visibleInvestors,
  visibleTransactions,
} from '../../access/rowFilters.ts';
import { postgresDialect } from '../postgres/postgresDialect.ts';
import type { CompanyRow, RowFilter } from '../rows.ts';
import type { Tables } from '../tables.ts';

/** Starts of statements that see only the caller's rows of their own tenant; nothing else that answers a request selects from these tables. */
export interface VisibleRows {
  readonly db: Kysely<Tables>;
  /** Says all that distinguishes these rows from others, so that their SQL is remembered; undefined where it is not. */
  readonly key: string | undefined;
  companies(): RowsOf<'companies'>;
  transactions(): RowsOf<'transactions'>;
  /** Only those with a visible transaction. */
  investors(): RowsOf<'investors'>;
  /** They tell of every row, so only who sees every row sees them. */
  auditEvents(): RowsOf<'audit_events'>;
}

type RowsOf<Table extends keyof Tables> = SelectQueryBuilder<Tables, Table, Record<never, never>>;

export function createVisibleRows(db: Kysely<Tables>, filter: RowFilter): VisibleRows {
  if (filter.rows === 'none' || (filter.rows === 'ofRegions' && filter.regions.length === 0)) return nothing;
  return {
    db,
    key: JSON.stringify(filter),
    companies() {
      return db.selectFrom('companies').where(whereOf(visibleCompanies, filter));
    },
    transactions() {
      return db.selectFrom('transactions').where(whereOf(visibleTransactions, filter));
    },
    investors() {
      return db.selectFrom('investors').where(whereOf(visibleInvestors, filter));
    },
    auditEvents() {
      return db.selectFrom('audit_events').where(whereOf(visibleAuditEvents, filter));
    },
  };
}

/** `false` where the filter lets no row through, whatever there is: said in the SQL, on whatever database that is run. */
function whereOf(
  rows: (typeof rowFilters)[number],
  filter: Exclude<RowFilter, { readonly rows: 'none' }>,
): RawBuilder<boolean> {
  const parts = wherePartsOf(rows, filter, { tenant: filter.tenant });
  const pieces = parts.map((part) => (typeof part === 'string' ? sql.raw(part) : sql.val(part.parameter)));
  return sql<boolean>`${sql.join(pieces, sql``)}`;
}

/** The same of one company that is read already; false for an investor, of whom it would take a query. */
export function isVisibleToStaff(filter: RowFilter, company: CompanyRow): boolean {
  return seesRow(visibleCompanies, { ...company, transactions: [] }, filter);
}

/** One parameter however many values there are (a list of placeholders ends at 65535). */
export function anyOf<T extends string>(values: readonly T[]) {
  return oneOf(sql<readonly T[]>`${values}`);
}

/** The same of what stands for the values. */
export function oneOf<T extends string>(values: Expression<readonly T[]>) {
  return sql<T>`any(${values}::text[])`;
}

/** Answers every statement with no rows: for who may see nothing, no SQL is run at all. */
const withoutDatabase = new Kysely<Tables>({ dialect: postgresDialect(() => new DummyDriver()) });

// Though nothing is run: the start of a statement that forgot its filter must not be one that sees everything.
const no = sql<boolean>`false`;

const nothing: VisibleRows = {
  db: withoutDatabase,
  key: undefined,
  companies: () => withoutDatabase.selectFrom('companies').where(no),
  transactions: () => withoutDatabase.selectFrom('transactions').where(no),
  investors: () => withoutDatabase.selectFrom('investors').where(no),
  auditEvents: () => withoutDatabase.selectFrom('audit_events').where(no),
};
