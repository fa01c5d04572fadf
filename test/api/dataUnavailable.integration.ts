import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { openDatabase } from '../../src/data/openDatabase.ts';
import { startTcpProxy } from '../faults/support/startTcpProxy.ts';
import { startLastingApi } from '../support/administration.ts';
import { type Api, startApi } from '../support/api.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../support/testDatabase.ts';

/** The database, and when a process on it hears of changes: it then forgets what it has remembered until then. */
function withListening(database: TestDatabase) {
  let hear = () => {};
  const listening = new Promise<void>((resolve) => (hear = resolve));
  const listen: TestDatabase['listen'] = (options) =>
    database.listen({
      ...options,
      onListening() {
        options.onListening();
        hear();
      },
    });
  return { database: { ...database, listen }, listening };
}

const unavailable = {
  message: expect.any(String),
  extensions: { code: 'DATA_UNAVAILABLE', retryable: true },
};

// The embedded database has one session, which whoever holds a lock has to themself.
if (testBackend === 'embedded') process.stdout.write('skipped without DATABASE_URL: outages of the data\n');

const executors = ['jit', 'graphql-js'] as const;

describe.runIf(testBackend === 'postgres').each(executors)('while tables are locked (%s)', (executor) => {
  let database: TestDatabase;
  let api: Api;
  beforeAll(async () => {
    const followed = withListening(await openTestDatabase({ issuer: testIssuer, statementTimeoutMs: 300 }));
    database = followed.database;
    api = await startApi({ executor }, { database });
    await followed.listening;
    // Claims are remembered from here on.
    await api.query('{ viewer { title } }', { as: 'usa-manager' });
  });
  afterAll(async () => {
    await api.close();
    await database.close();
  });

  const whileLocked = (ask: () => Promise<unknown>) =>
    database.db.transaction().execute(async (transaction) => {
      await sql`lock table companies, access_records`.execute(transaction);
      await ask();
    });

  test('a request of which nothing can be answered is 503, to be tried again', async () => {
    await whileLocked(async () => {
      const { status, headers, body } = await api.query('{ companies { nodes { id } } }', { as: 'usa-manager' });
      expect([status, headers.get('retry-after')]).toEqual([503, '1']);
      expect(body).toMatchObject({ data: { companies: null }, errors: [unavailable] });
    });
  });

  test('what does not need them is answered', async () => {
    const query = '{ viewer { title } company(id: "com_2") { name } }';
    await whileLocked(async () => {
      const { status, body } = await api.query(query, { as: 'usa-manager' });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        data: { viewer: { title: 'Regional Manager' }, company: null },
        errors: [{ ...unavailable, path: ['company'] }],
      });
    });
  });

  test('nothing is entered, and the client is told to try again', async () => {
    const input = { companyId: 'com_2', investorId: 'inv_90', amountUsd: 1, idempotencyKey: randomUUID() };
    const enter =
      'mutation ($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { id } } }';
    await whileLocked(async () => {
      const { status, body } = await api.query(enter, { as: 'usa-manager', variables: { input } });
      expect([status, body.errors]).toMatchObject([503, [unavailable]]);
    });
    const again = await api.query(enter, { as: 'usa-manager', variables: { input } });
    expect(again.body.errors).toBeUndefined();
  });
});

describe.runIf(testBackend === 'postgres')('while PostgreSQL is away', () => {
  test('remembered claims decide, and the data are unavailable until it is back', async () => {
    const database = await openTestDatabase({ issuer: testIssuer });
    const url = new URL(database.options.kind === 'postgres' ? database.options.url : '');
    const proxy = await startTcpProxy({ port: Number(url.port || 5432) });
    const through = Object.assign(url, { hostname: '127.0.0.1', port: String(proxy.port) }).href;
    const direct = await openDatabase({ kind: 'postgres', url: through });
    const followed = withListening({ ...database, ...direct });
    const api = await startLastingApi(followed.database);
    await followed.listening;
    const ask = () => api.query('{ companies { nodes { id } } }', { as: 'usa-manager' });
    expect((await ask()).status).toBe(200);
    proxy.become({ kind: 'cut' });
    const { status, body } = await ask();
    expect([status, body.errors]).toMatchObject([503, [unavailable]]);
    proxy.become({ kind: 'pass' });
    await expect.poll(async () => (await ask()).status, { timeout: 20_000 }).toBe(200);
    await api.close();
    await direct.close();
    await proxy.close();
    await database.close();
  });
});
