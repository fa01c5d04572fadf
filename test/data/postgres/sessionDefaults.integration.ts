import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIssuer } from '../../../packages/claimgraph/test/support/issueAccessToken.ts';
import { type Api, startApi } from '../../support/api.ts';
import { askEverything, fillWorld, type World } from '../../support/everyQuery.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../../support/testDatabase.ts';
import { twoTenants } from '../../support/twoTenants.ts';

/** What an administrator may have set for everybody who uses the database, each of them enough to break something. */
const databaseDefaults = [
  "datestyle = 'German, DMY'",
  "intervalstyle = 'sql_standard'",
  "timezone = 'Africa/Monrovia'",
  "default_transaction_isolation = 'serializable'",
  'array_nulls = off',
  'row_security = off',
  'extra_float_digits = -15',
  "bytea_output = 'escape'",
  "statement_timeout = '3s'",
  "lock_timeout = '1ms'",
];

if (testBackend === 'embedded') process.stdout.write('skipped without DATABASE_URL: defaults of role and database\n');

describe.runIf(testBackend === 'postgres')('where role and database have defaults of their own', () => {
  let ordinary: TestDatabase;
  let database: TestDatabase;
  let api: Api;
  beforeAll(async () => {
    ordinary = await openTestDatabase();
    database = await openTestDatabase({ databaseDefaults, issuer: testIssuer });
    api = await startApi({}, { database });
  });
  afterAll(async () => {
    await api.close();
    await database.close();
    await ordinary.close();
  });

  test.each(databaseDefaults)('a session has its own %s', async (setting) => {
    const [name = ''] = setting.split(' ');
    const read = async ({ db }: TestDatabase) => {
      const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
      return rows[0]?.value;
    };
    const unused = ['intervalstyle', 'bytea_output'];
    if (unused.includes(name)) expect(await read(database)).not.toBe(await read(ordinary));
    else expect(await read(database)).toBe(await read(ordinary));
  });

  test('every query says the same', async () => {
    const old = { ...twoTenants.transactions[0], id: 'txn_old', created_at: new Date('1900-01-01T00:00:00Z') };
    const world = { ...twoTenants, transactions: [...twoTenants.transactions, old] } as World;
    const asked = [];
    for (const { db, dataFor } of [ordinary, database]) {
      await fillWorld(db, world);
      asked.push(await askEverything(dataFor({ tenant: 'acme', rows: 'ofRegions', regions: ['ASIA', 'USA'] }), world));
      await db.deleteFrom('transactions').execute();
    }
    expect(asked[1]).toEqual(asked[0]);
  });

  test('one key sent five times at once enters one transaction', async () => {
    const { db } = database;
    await db.insertInto('companies').values(birchSolar).execute();
    await db.insertInto('investors').values({ id: 'inv_90', email: '', tax_id: '' }).execute();
    const input = { companyId: 'com_2', investorId: 'inv_90', amountUsd: 1_000, idempotencyKey: randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api.query(enter, { as: 'usa-manager', variables: { input } })),
    );
    expect(answers.map(({ body }) => body.errors)).toEqual(answers.map(() => undefined));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body.data))).size).toBe(1);
  });

  test('what another program changes is heard of', async () => {
    const viewer = async () => (await api.query('{ viewer { title } }', { as: 'usa-manager' })).body.data;
    expect(await viewer()).toEqual({ viewer: { title: 'Regional Manager' } });
    await database.db
      .updateTable('access_records')
      .set({ title: 'Director' })
      .where('manager_id', '=', '10345')
      .execute();
    await expect.poll(viewer).toEqual({ viewer: { title: 'Director' } });
  });
});

const enter = 'mutation ($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { id } } }';
const birchSolar = {
  id: 'com_2',
  name: 'Birch Solar',
  region: 'USA' as const,
  manager_id: '10345',
  target_usd: 35_000_000,
  internal_rating: 'A',
  board_notes: '',
};
