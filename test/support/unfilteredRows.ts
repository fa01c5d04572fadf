import type { Kysely } from 'kysely';
import type { Tables } from '../../src/investments/data/tables.ts';
import type { VisibleRows } from '../../src/investments/data/visibleRows.ts';

/** Sabotage: what `createVisibleRows` would be if it forgot the caller's filter. */
export function unfilteredRows(db: Kysely<Tables>): VisibleRows {
  return {
    db,
    companies: () => db.selectFrom('companies'),
    transactions: () => db.selectFrom('transactions'),
    investors: () => db.selectFrom('investors'),
    auditEvents: () => db.selectFrom('audit_events'),
  };
}
