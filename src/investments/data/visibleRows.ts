import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import type { RowFilter } from './rows.ts';
import type { Tables } from './tables.ts';

/** Starts of statements that see only the caller's rows; nothing else that answers a request selects from these tables. */
export interface VisibleRows {
  readonly db: Kysely<Tables>;
  companies(): RowsOf<'companies'>;
  transactions(): RowsOf<'transactions'>;
  /** Only those with a visible transaction. */
  investors(): RowsOf<'investors'>;
  /** They tell of every row, so only who sees every row sees them. */
  auditEvents(): RowsOf<'audit_events'>;
}

type RowsOf<Table extends keyof Tables> = SelectQueryBuilder<Tables, Table, Record<never, never>>;

export function createVisibleRows(database: Kysely<Tables>, filter: RowFilter): VisibleRows {
  const db = seesNothing(filter) ? withoutDatabase : database;

  const companies = (): RowsOf<'companies'> => {
    const all = db.selectFrom('companies');
    switch (filter.rows) {
      case 'all':
        return all;
      case 'ofRegions':
        return all.where('companies.region', '=', anyOf(filter.regions));
      case 'ofInvestor':
        return all.where('companies.id', 'in', transactions().select('transactions.company_id'));
      case 'none':
        return all.where(sql.lit(false));
      default:
        return filter satisfies never;
    }
  };
  const transactions = (): RowsOf<'transactions'> => {
    const all = db.selectFrom('transactions');
    switch (filter.rows) {
      case 'all':
        return all;
      case 'ofRegions':
        return all.where('transactions.company_id', 'in', companies().select('companies.id'));
      case 'ofInvestor':
        return all.where('transactions.investor_id', '=', filter.investorId);
      case 'none':
        return all.where(sql.lit(false));
      default:
        return filter satisfies never;
    }
  };
  return {
    db,
    companies,
    transactions,
    investors: () =>
      db.selectFrom('investors').where('investors.id', 'in', transactions().select('transactions.investor_id')),
    auditEvents: () => (filter.rows === 'all' ? db : withoutDatabase).selectFrom('audit_events'),
  };
}

/** One parameter however many values there are (a list of placeholders ends at 65535). */
export function anyOf<T extends string>(values: readonly T[]) {
  return sql<T>`any(${values}::text[])`;
}

function seesNothing(filter: RowFilter): boolean {
  return filter.rows === 'none' || (filter.rows === 'ofRegions' && filter.regions.length === 0);
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
