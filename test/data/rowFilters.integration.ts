import { seesRow } from 'claimgraph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  visibleAuditEvents,
  visibleCompanies,
  visibleInvestors,
  visibleTransactions,
} from '../../src/access/rowFilters.ts';
import { createVisibleRows } from '../../src/data/queries/visibleRows.ts';
import type { RowFilter } from '../../src/data/rows.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';
import { unfilteredRows } from '../support/unfilteredRows.ts';

// The filters of access/rowFilters.ts over the demo data: what JavaScript lets through is what the statements give, and with
// DATABASE_RLS=on what row-level security lets through.

let database: TestDatabase;
let all: Awaited<ReturnType<typeof readAll>>;
beforeAll(async () => {
  database = await openTestDatabase();
  all = await readAll(database);
}, 60_000);
afterAll(() => database.close());

/** Every row of the tenant, each with those that belong to it. */
async function readAll({ forTenant }: TestDatabase) {
  const db = forTenant('main');
  const [companies, transactions, investors, auditEvents] = await Promise.all([
    db.selectFrom('companies').select(['id', 'region']).execute(),
    db.selectFrom('transactions').select(['id', 'company_id', 'investor_id as investorId']).execute(),
    db.selectFrom('investors').select('id').execute(),
    db.selectFrom('audit_events').select('id').execute(),
  ]);
  const ofCompany = transactions.map((row) => ({
    ...row,
    company: companies.find(({ id }) => id === row.company_id) ?? null,
  }));
  return {
    companies: companies.map((row) => ({
      ...row,
      transactions: ofCompany.filter(({ company_id }) => company_id === row.id),
    })),
    transactions: ofCompany,
    investors: investors.map((row) => ({
      ...row,
      transactions: ofCompany.filter(({ investorId }) => investorId === row.id),
    })),
    auditEvents,
  };
}

const filters: readonly RowFilter[] = [
  { tenant: 'main', rows: 'all' },
  { tenant: 'main', rows: 'ofRegions', regions: ['USA'] },
  { tenant: 'main', rows: 'ofRegions', regions: ['ASIA', 'EUROPE'] },
  { tenant: 'main', rows: 'ofRegions', regions: [] },
  { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_90' },
  { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_1' },
  { rows: 'none' },
];

const toIds = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).toSorted();

describe.each(filters.map((filter) => [JSON.stringify(filter), filter] as const))('%s', (_name, filter) => {
  test('statements give the rows that the filters let through in JavaScript', async () => {
    const lets = <Row extends { readonly id: string }>(rows: readonly Row[], isVisible: (row: Row) => boolean) =>
      rows
        .filter(isVisible)
        .map(({ id }) => id)
        .toSorted();
    const visible = createVisibleRows(database.forRowFilter(filter), filter);
    // Without the statements' own filter: row-level security alone, where it is on.
    const behind = database.options.rowLevelSecurity ? unfilteredRows(database.forRowFilter(filter)) : visible;
    for (const { companies, transactions, investors, auditEvents } of [visible, behind]) {
      expect(toIds(await companies().select('id').execute())).toEqual(
        lets(all.companies, (row) => seesRow(visibleCompanies, row, filter)),
      );
      expect(toIds(await transactions().select('id').execute())).toEqual(
        lets(all.transactions, (row) => seesRow(visibleTransactions, row, filter)),
      );
      expect(toIds(await investors().select('id').execute())).toEqual(
        lets(all.investors, (row) => seesRow(visibleInvestors, row, filter)),
      );
      expect(toIds(await auditEvents().select('id').execute())).toEqual(
        lets(all.auditEvents, (row) => seesRow(visibleAuditEvents, row, filter)),
      );
    }
  });
});
