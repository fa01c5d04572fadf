import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RowFilter } from '../../src/data/rows.ts';
import { askEverything, fillWorld, type World } from '../support/everyQuery.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';
import { twoTenants } from '../support/twoTenants.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
});
afterAll(() => database.close());

const filtersOf = (tenant: string): readonly RowFilter[] => [
  { tenant, rows: 'all' },
  { tenant, rows: 'ofRegions', regions: ['USA'] },
  { tenant, rows: 'ofRegions', regions: ['USA', 'ASIA'] },
  { tenant, rows: 'ofInvestor', investorId: 'inv_1' },
  { tenant, rows: 'ofInvestor', investorId: 'inv_globex' },
];

function onlyOf(tenant: string): World {
  const { companies, investors, transactions, auditEvents } = twoTenants;
  const isOf = (row: { readonly tenant?: string | undefined }) => row.tenant === tenant;
  return {
    companies: companies.filter(isOf),
    investors: investors.filter(isOf),
    transactions: transactions.filter(isOf),
    auditEvents: auditEvents.filter(isOf),
  };
}

const ask = (filter: RowFilter) => askEverything(database.dataFor(filter), twoTenants);

describe.each(['acme', 'globex'])('to %s', (tenant) => {
  test.each(filtersOf(tenant))('another tenant is as if it were not there: %j', async (filter) => {
    await fillWorld(database.db, twoTenants);
    const beside = await ask(filter);
    await fillWorld(database.db, onlyOf(tenant));
    expect(beside).toEqual(await ask(filter));
  });
});

test('who sees all sees all of their tenant, and a tenant of no rows is empty', async () => {
  await fillWorld(database.db, twoTenants);
  const acme = database.dataFor({ tenant: 'acme', rows: 'all' });
  expect(await acme.company('com_1')).toMatchObject({ boardNotes: 'notes of acme', targetUsd: 1 });
  expect(await acme.company('com_globex')).toBeNull();
  expect(await acme.totalInvestedUsd('inv_1')).toBe(101);
  expect(await acme.countAuditEvents()).toBe(2);
  expect(await acme.regionSummary()).toEqual([
    { region: 'ASIA', companyCount: 1, amountUsd: 1_100 },
    { region: 'USA', companyCount: 2, amountUsd: 10_011 },
  ]);
  const nobody = await ask({ tenant: 'initech', rows: 'all' });
  expect(nobody).toEqual(await ask({ rows: 'none' }));
});

test('no row can refer to a row of another tenant', async () => {
  await fillWorld(database.db, twoTenants);
  const row = { tenant: 'acme', id: 'txn_9', amount_usd: 1, created_at: new Date(0) };
  const insert = (parents: { company_id: string; investor_id: string }) =>
    database.db
      .insertInto('transactions')
      .values({ ...row, ...parents })
      .execute();
  await expect(insert({ company_id: 'com_globex', investor_id: 'inv_1' })).rejects.toMatchObject({
    constraint: 'transactions_tenant_company_id_fkey',
  });
  await expect(insert({ company_id: 'com_1', investor_id: 'inv_globex' })).rejects.toMatchObject({
    constraint: 'transactions_tenant_investor_id_fkey',
  });
});

test('a row of no tenant cannot be', async () => {
  const investor = { tenant: '', id: 'inv_9', email: '', tax_id: '' };
  await expect(database.db.insertInto('investors').values(investor).execute()).rejects.toMatchObject({ code: '23514' });
});
