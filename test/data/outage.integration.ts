import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataUnavailableError } from '../../packages/claimgraph/src/errors.ts';
import { isOutage, SqlError } from '../../src/data/sqlError.ts';
import { endSessionOf } from '../support/administration.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../support/testDatabase.ts';

const all = { tenant: 'main', rows: 'all' } as const;

const raise = (code: string) => sql.raw(`do $$ begin raise exception 'made up' using errcode = '${code}'; end $$`);

const states: readonly (readonly [code: string, name: string])[] = [
  ['08000', 'connection exception'],
  ['08006', 'connection failure'],
  ['08P01', 'protocol violation, which is how PgBouncer says that it has no connection'],
  ['25006', 'read-only transaction, on what is a standby since a fail-over'],
  ['40001', 'serialization failure'],
  ['40P01', 'deadlock'],
  ['53100', 'disk full'],
  ['53200', 'out of memory'],
  ['53300', 'too many connections'],
  ['55P03', 'lock not available'],
  ['57014', 'statement timeout'],
  ['57P01', 'shutdown'],
  ['57P03', 'starting up'],
  ['58030', 'input or output error'],
];

const faults: readonly (readonly [code: string, name: string])[] = [
  ['22021', 'a text that it cannot hold'],
  ['22P02', 'a malformed value'],
  ['23505', 'a key that is there already'],
  ['42501', 'missing rights'],
  ['42601', 'malformed SQL'],
  ['42P01', 'no such table'],
  ['P0001', 'an exception of somebody else'],
  ['XX000', 'a defect of PostgreSQL'],
];

describe.each([
  ['without row-level security', false],
  ['with row-level security', true],
])('a request to the database, %s,', (_, rowLevelSecurity) => {
  let database: TestDatabase;
  const outages: unknown[] = [];
  beforeAll(async () => {
    database = await openTestDatabase({ rowLevelSecurity, onOutage: (error) => outages.push(error) });
  });
  afterAll(() => database.close());

  test.each(states)('rejects with DATA_UNAVAILABLE for %s: %s', async (code) => {
    for (const db of [database.forRowFilter(all), database.forTenant('main')]) {
      outages.length = 0;
      const asked = raise(code).execute(db);
      await expect(asked).rejects.toBeInstanceOf(DataUnavailableError);
      await expect(asked).rejects.toMatchObject({ code: 'DATA_UNAVAILABLE', cause: { code } });
      expect(outages).toMatchObject([{ cause: { code } }]);
      const inside = db.transaction().execute((transaction) => raise(code).execute(transaction));
      await expect(inside).rejects.toMatchObject({ code: 'DATA_UNAVAILABLE', cause: { code } });
      expect(await db.selectFrom('companies').select('id').execute()).toHaveLength(4);
    }
  });

  test.each(faults)('rejects as it is for %s: %s', async (code) => {
    outages.length = 0;
    await expect(raise(code).execute(database.forRowFilter(all))).rejects.toMatchObject({ code });
    expect(outages).toEqual([]);
  });

  test('which is none, rejects as the database says', async () => {
    await expect(raise('57014').execute(database.db)).rejects.toMatchObject({ code: '57014' });
  });
});

if (testBackend === 'embedded') process.stdout.write('skipped without DATABASE_URL: outages of a PostgreSQL server\n');

describe.runIf(testBackend === 'postgres')('on PostgreSQL, a request', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase({ statementTimeoutMs: 300, poolSize: 2 });
  });
  afterAll(() => database.close());

  const ask = () => database.forRowFilter(all).selectFrom('companies').select('id').execute();
  const unavailable = { code: 'DATA_UNAVAILABLE', retryAfterSeconds: 1, details: { retryable: true } };

  /** While somebody has done this in a transaction that is not over. */
  const during = (work: RawBuilder<unknown>, asked: () => Promise<unknown>) =>
    database.db.transaction().execute(async (transaction) => {
      await work.execute(transaction);
      await asked();
    });

  test('that waits for a lock', async () => {
    await during(sql`lock table companies`, () => expect(ask()).rejects.toMatchObject(unavailable));
    expect(await ask()).toHaveLength(4);
  });

  test('whose session is ended by an administrator', async () => {
    const requests = database.forRowFilter(all);
    const broken = requests.transaction().execute(async (transaction) => {
      await endSessionOf(transaction, database.db);
      await sql`select 1`.execute(transaction);
    });
    await expect(broken).rejects.toMatchObject(unavailable);
    expect(await ask()).toHaveLength(4);
  });

  test('for which no connection is free', async () => {
    const nothing = sql`select 1`;
    await during(nothing, () => during(nothing, () => expect(ask()).rejects.toMatchObject(unavailable)));
    expect(await ask()).toHaveLength(4);
  });

  test('after the database was closed', async () => {
    const closed = await openTestDatabase({ data: 'none' });
    await closed.close();
    const asked = closed.forRowFilter(all).selectFrom('companies').select('id').execute();
    await expect(asked).rejects.toMatchObject(unavailable);
  });
});

describe('an error without a state of SQL', () => {
  const withCode = (code: string) => Object.assign(new Error('made up'), { code });
  test.each([
    ['a refused connection', withCode('ECONNREFUSED'), true],
    ['a reset connection', withCode('ECONNRESET'), true],
    ['a name that cannot be resolved now', withCode('EAI_AGAIN'), true],
    ['several addresses that refuse', new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]), true],
    ['pg: a broken connection', new Error('Connection terminated unexpectedly'), true],
    ['pg: a server that is silent', new Error('Query read timeout'), true],
    ['pg: a full pool', new Error('timeout exceeded when trying to connect'), true],
    ['a defect of ours', new TypeError('x is not a function'), false],
    ['a wrong use of Node', withCode('ERR_INVALID_ARG_TYPE'), false],
    ['an error of the embedded database', new SqlError('22P02', 'malformed'), false],
    ['its worker has ended', new SqlError('08006', 'gone'), true],
    ['no error', 'Connection terminated', false],
  ])('%s', (_, error, expected) => {
    expect(isOutage(error)).toBe(expected);
  });
});
