import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RowFilter } from '../../../src/data/rows.ts';
import type { Actor } from '../../../src/data/writes/actor.ts';
import { createTransaction } from '../../../src/data/writes/createTransaction.ts';
import { countRoundTrips } from '../../support/countRoundTrips.ts';
import { openTestDatabase, type TestDatabase, testBackend, testIssuer } from '../../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ poolSize: 1 });
});
afterAll(() => database.close());

const by: Actor = { tenant: 'main', kind: 'user', issuer: testIssuer, subject: 'somebody', signedInAt: 0 };
const wanted = (idempotencyKey: string) => ({
  companyId: 'com_2',
  investorId: 'inv_90',
  amountUsd: 5,
  idempotencyKey,
});
const enter = (key: string, visible: RowFilter = { tenant: 'main', rows: 'all' }, change = {}) => {
  const toRights = () => ({ visible, requireCompany: () => {}, requireAmount: () => {} });
  return createTransaction({ db: database.forTenant('main'), by, toRights }, { ...wanted(key), ...change });
};

test('two statements and, on PostgreSQL, three round trips enter a transaction and its audit event', async () => {
  await enter(randomUUID());
  database.takeStatements();
  const roundTrips = testBackend === 'postgres' ? countRoundTrips() : undefined;
  const { transaction, company } = await enter(randomUUID());
  expect(database.takeStatements()).toHaveLength(2);
  if (roundTrips) expect(roundTrips.take()).toBe(3);
  expect([transaction.companyId, company.id]).toEqual(['com_2', 'com_2']);
  const events = await database
    .forTenant('main')
    .selectFrom('audit_events')
    .select(['actor', 'action', 'tenant'])
    .where('target_id', '=', transaction.id)
    .execute();
  expect(events).toEqual([{ actor: 'somebody', action: 'TRANSACTION_CREATED', tenant: 'main' }]);
});

test('one statement gives what was entered under the key before', async () => {
  const key = randomUUID();
  const first = await enter(key);
  database.takeStatements();
  expect(await enter(key)).toEqual(first);
  expect(database.takeStatements()).toHaveLength(1);
});

test('of several at once under one key one is entered, and all are given it', async () => {
  const key = randomUUID();
  const entered = await Promise.all([enter(key), enter(key), enter(key)]);
  expect(new Set(entered.map(({ transaction }) => transaction.id)).size).toBe(1);
});

test.each<[string, RowFilter, object]>([
  ['a company for who sees none', { rows: 'none' }, {}],
  ['a company for who sees no region', { tenant: 'main', rows: 'ofRegions', regions: [] }, {}],
  ['a company of another region', { tenant: 'main', rows: 'ofRegions', regions: ['ASIA'] }, {}],
  ['an unknown company', { tenant: 'main', rows: 'all' }, { companyId: 'com_none' }],
  ['a company that no row can hold', { tenant: 'main', rows: 'all' }, { companyId: '\0' }],
  ['an unknown investor', { tenant: 'main', rows: 'all' }, { investorId: 'inv_none' }],
  ['an investor that no row can hold', { tenant: 'main', rows: 'all' }, { investorId: '\ud800' }],
])('%s is not found, and nothing is entered', async (_, visible, change) => {
  const key = randomUUID();
  await expect(enter(key, visible, change)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(
    await database.db.selectFrom('transactions').select('id').where('idempotency_key', '=', key).execute(),
  ).toEqual([]);
});
