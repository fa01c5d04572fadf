import {
  DummyDriver,
  type Expression,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
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
  const { tenant } = filter;

  const companies = (): RowsOf<'companies'> => {
    const all = db.selectFrom('companies').where('companies.tenant', '=', tenant);
    switch (filter.rows) {
      case 'all':
        return all;
      case 'ofRegions':
        return all.where('companies.region', '=', anyOf(filter.regions));
      case 'ofInvestor':
        return all.where('companies.id', 'in', transactions().select('transactions.company_id'));
      default:
        return filter satisfies never;
    }
  };
  const transactions = (): RowsOf<'transactions'> => {
    const all = db.selectFrom('transactions').where('transactions.tenant', '=', tenant);
    switch (filter.rows) {
      case 'all':
        return all;
      case 'ofRegions':
        return all.where('transactions.company_id', 'in', companies().select('companies.id'));
      case 'ofInvestor':
        return all.where('transactions.investor_id', '=', filter.investorId);
      default:
        return filter satisfies never;
    }
  };
  const investors = (): RowsOf<'investors'> => {
    const all = db.selectFrom('investors').where('investors.tenant', '=', tenant);
    return all.where('investors.id', 'in', transactions().select('transactions.investor_id'));
  };
  const auditEvents = (): RowsOf<'audit_events'> =>
    filter.rows === 'all'
      ? db.selectFrom('audit_events').where('audit_events.tenant', '=', tenant)
      : nothing.auditEvents();
  return { db, key: JSON.stringify(filter), companies, transactions, investors, auditEvents };
}

/** The same of one company that is read already; false for an investor, of whom it would take a query. */
export function isVisibleToStaff(filter: RowFilter, { region }: CompanyRow): boolean {
  return filter.rows === 'all' || (filter.rows === 'ofRegions' && filter.regions.includes(region));
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
const withoutDatabase = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

const nothing: VisibleRows = {
  db: withoutDatabase,
  key: undefined,
  companies: () => withoutDatabase.selectFrom('companies'),
  transactions: () => withoutDatabase.selectFrom('transactions'),
  investors: () => withoutDatabase.selectFrom('investors'),
  auditEvents: () => withoutDatabase.selectFrom('audit_events'),
};
