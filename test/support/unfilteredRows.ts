import type { Kysely } from 'kysely';
import type { VisibleRows } from '../../src/data/queries/visibleRows.ts';
import type { Tables } from '../../src/data/tables.ts';

/** Sabotage: what `createVisibleRows` would be if it forgot the caller's filter. */
export function unfilteredRows(db: Kysely<Tables>): VisibleRows {
  return {
    db,
    key: undefined,
    companies: () => db.selectFrom('companies'),
    transactions: () => db.selectFrom('transactions'),
    investors: () => db.selectFrom('investors'),
    auditEvents: () => db.selectFrom('audit_events'),
  };
}
