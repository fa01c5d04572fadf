import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openAnyDatabase } from '../../dev/openAnyDatabase.ts';
import { ConfigurationError } from '../../packages/claimgraph/src/errors.ts';
import { nextTurn } from '../../packages/claimgraph/test/support/until.ts';
import { fetchStoreId } from '../../src/access/claimsSource.ts';
import { migrate } from '../../src/data/migrations/index.ts';
import { openDatabase } from '../../src/data/openDatabase.ts';
import { endSessionOf } from '../support/administration.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
});
afterAll(() => database.close());

const read = async (expression: ReturnType<typeof sql>) => {
  const { rows } = await sql<{ value: unknown }>`select ${expression} as value`.execute(database.db);
  return rows[0]?.value;
};

describe('values', () => {
  const instant = new Date('2026-01-05T09:00:00.123Z');
  const texts = ['a', '', 'NULL', 'a"b', 'a\\b', 'a,b', '{}', 'é', ' '];
  test.each([
    ['bigint', sql`9007199254740991::bigint`, 9007199254740991],
    ['bigint from a parameter', sql`${9007199254740991}::bigint`, 9007199254740991],
    ['count', sql`(select count(*) from companies)`, 0],
    ['timestamptz', sql`timestamptz '2026-01-05 10:00:00.123+01'`, instant],
    ['timestamptz from a parameter', sql`${instant}::timestamptz`, instant],
    ['date', sql`date '2026-01-05'`, '2026-01-05'],
    ['text[]', sql`${texts}::text[]`, texts],
    ['empty text[]', sql`'{}'::text[]`, []],
    ['text[] with null', sql`${['a', null]}::text[]`, ['a', null]],
    ['text', sql`${"'; drop table companies; --"}::text`, "'; drop table companies; --"],
    ['null', sql`null`, null],
    ['boolean', sql`true`, true],
  ])('%s', async (_, expression, value) => {
    expect(await read(expression)).toEqual(value);
  });

  test.each([sql`9007199254740992::bigint`, sql`-9007199254740992::bigint`])(
    'a bigint that a number cannot hold is an error, and the connection stays usable',
    async (expression) => {
      await expect(read(expression)).rejects.toThrow(/2\^53/);
      expect(await read(sql`1::bigint`)).toBe(1);
    },
  );

  test('a text with a NUL is an error of its own, and the connection stays usable', async () => {
    await expect(read(sql`${'a\0b'}::text`)).rejects.toMatchObject({ code: '22021' });
    expect(await read(sql`1::bigint`)).toBe(1);
  });
});

describe('errors', () => {
  const investor = { id: 'inv_1', email: '', tax_id: '' };
  afterEach(async () => void (await database.db.deleteFrom('investors').execute()));

  test('carry the SQLSTATE and the name of the constraint', async () => {
    await database.db.insertInto('investors').values(investor).execute();
    await expect(database.db.insertInto('investors').values(investor).execute()).rejects.toMatchObject({
      code: '23505',
      constraint: 'investors_pkey',
    });
    await expect(sql`select nonsense`.execute(database.db)).rejects.toMatchObject({ code: '42703' });
  });

  test('undo the transaction they happen in', async () => {
    const failing = database.db.transaction().execute(async (transaction) => {
      await transaction.insertInto('investors').values(investor).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await database.db.selectFrom('investors').selectAll().execute()).toEqual([]);
  });

  test('written rows are counted', async () => {
    await database.db.insertInto('investors').values(investor).execute();
    const updated = await database.db.updateTable('investors').set({ email: 'a' }).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
    const deleted = await database.db.deleteFrom('investors').where('id', '=', 'inv_2').executeTakeFirst();
    expect(deleted.numDeletedRows).toBe(0n);
  });
});

test('what is not yet committed is not seen outside the transaction', async () => {
  const { db } = database;
  const committed: string[] = [];
  const inside = db.transaction().execute(async (transaction) => {
    await transaction.insertInto('investors').values({ id: 'inv_1', email: '', tax_id: '' }).execute();
    await transaction.insertInto('investors').values({ id: 'inv_2', email: '', tax_id: '' }).execute();
    committed.push('inside');
  });
  const outside = db.selectFrom('investors').selectAll().execute();
  const [, seen] = await Promise.all([inside, outside]);
  expect([0, 2]).toContain(seen.length);
  expect(await db.selectFrom('investors').selectAll().execute()).toHaveLength(2);
  await db.deleteFrom('investors').execute();
});

test('the event loop turns while a statement runs', async () => {
  let isRunning = true;
  const statement = sql`select count(*) from generate_series(1, 300000)`.execute(database.db).finally(() => {
    isRunning = false;
  });
  let turns = 0;
  while (isRunning) {
    await nextTurn();
    turns += 1;
  }
  await statement;
  // Were it run on this thread, nothing else could happen from its start to its end.
  expect(turns).toBeGreaterThan(20);
});

describe('a statement that takes too long', () => {
  const slow = sql`select pg_sleep(2)`;

  test('rejects with SQLSTATE 57014, and the next one runs', async () => {
    const impatient = await openTestDatabase({ data: 'none', statementTimeoutMs: 1000 });
    try {
      await expect(slow.execute(impatient.db)).rejects.toMatchObject({ code: '57014' });
      await expect
        .poll(
          () =>
            impatient.ping().then(
              () => 'answers',
              () => 'busy',
            ),
          { timeout: 30_000 },
        )
        .toBe('answers');
    } finally {
      await impatient.close();
    }
  });

  test('undoes its transaction, even if its error was caught', async () => {
    const impatient = await openTestDatabase({ data: 'none', statementTimeoutMs: 1000 });
    try {
      const caught = impatient.db.transaction().execute(async (transaction) => {
        await transaction.insertInto('investors').values({ id: 'inv_1', email: '', tax_id: '' }).execute();
        await expect(slow.execute(transaction)).rejects.toMatchObject({ code: '57014' });
        await transaction.selectFrom('investors').selectAll().execute();
      });
      await expect(caught).rejects.toMatchObject({ code: '25P02' });
      await expect
        .poll(
          () =>
            impatient.ping().then(
              () => 'answers',
              () => 'busy',
            ),
          { timeout: 30_000 },
        )
        .toBe('answers');
      expect(await impatient.db.selectFrom('investors').selectAll().execute()).toEqual([]);
    } finally {
      await impatient.close();
    }
  });
});

test('a database has a name of its own, which is the same whoever asks', async () => {
  const other = await openTestDatabase({ data: 'none' });
  const names = [await fetchStoreId(database.db), await fetchStoreId(database.db), await fetchStoreId(other.db)];
  await other.close();
  expect(names[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(names[1]).toBe(names[0]);
  expect(names[2]).not.toBe(names[0]);
});

describe('migrations', () => {
  const tables = [
    'access_records',
    'audit_events',
    'claims_revision',
    'companies',
    'investors',
    'issuer_aliases',
    'outbox_events',
    'outbox_positions',
    'revoked_sign_ins',
    'settings',
    'transactions',
  ];

  test('made the tables, and doing it again changes nothing', async () => {
    const { rows: before } = await sql`select name from kysely_migration`.execute(database.db);
    await migrate(database.db);
    const found = await database.db.introspection.getTables();
    expect(found.map(({ name }) => name).sort()).toEqual(tables);
    expect((await sql`select name from kysely_migration`.execute(database.db)).rows).toEqual(before);
  });

  test('of another version are told from a server that does not answer', async () => {
    await sql`insert into kysely_migration (name, timestamp) values ('0000_of_another', '')`.execute(database.db);
    const migrating = migrate(database.db);
    await expect(migrating).rejects.toThrow(/^the database: .*demo:reset/);
    await expect(migrating).rejects.toBeInstanceOf(ConfigurationError);
    await sql`delete from kysely_migration where name = '0000_of_another'`.execute(database.db);
    await migrate(database.db);
  });

  test('gave the columns that pages are ordered by an order that no locale changes', async () => {
    const { rows } = await sql<{ column: string }>`
      select table_name || '.' || column_name as column from information_schema.columns
      where table_schema = 'public' and collation_name = 'C' order by 1
    `.execute(database.db);
    expect(rows.map(({ column }) => column)).toEqual(
      expect.arrayContaining([
        'audit_events.id',
        'companies.id',
        'companies.internal_rating',
        'companies.name',
        'companies.region',
        'investors.id',
        'transactions.id',
      ]),
    );
  });

  test('of several that start at once are done once', async () => {
    const fresh = await openTestDatabase({ data: 'none' });
    try {
      await sql`drop schema public cascade`.execute(fresh.db);
      await sql`create schema public`.execute(fresh.db);
      const isShared = fresh.options.kind === 'postgres';
      const starts = Array.from({ length: 4 }, async () => {
        if (!isShared) return migrate(fresh.db);
        const opened = await openAnyDatabase(fresh.options);
        await opened.close();
      });
      await Promise.all(starts);
      const found = await fresh.db.introspection.getTables();
      expect(found.map(({ name }) => name).sort()).toEqual(tables);
    } finally {
      await fresh.close();
    }
  });
});

describe.runIf(testBackend === 'postgres')('a connection of PostgreSQL', () => {
  test('that breaks between two statements of a transaction fails the transaction and nothing else', async () => {
    const broken = database.db.transaction().execute(async (transaction) => {
      await endSessionOf(transaction, database.db);
      await sql`select 1`.execute(transaction);
    });
    await expect(broken).rejects.toThrow();
    await database.ping();
  });

  test('whose server does not answer in time is given up', async () => {
    const single = await openAnyDatabase({ ...database.options, ...{ poolSize: 1, statementTimeoutMs: 500 } });
    try {
      const unanswered = single.db.connection().execute(async (connection) => {
        await sql`set statement_timeout = 0`.execute(connection); // as if the server's own time-out did not work
        await sql`select pg_sleep(60)`.execute(connection);
      });
      await expect(unanswered).rejects.toThrow('Query read timeout');
      await single.ping();
    } finally {
      await single.close();
    }
  });
});

test('after closing, which can be done twice, statements are refused', async () => {
  const opened = await openTestDatabase({ data: 'none' });
  await opened.ping();
  await opened.close();
  await opened.close();
  await expect(opened.ping()).rejects.toThrow();
});

test('a server that cannot be reached is an error that says why', async () => {
  const opening = openDatabase({ kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/nothing' });
  await expect(opening).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
    cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
  });
});

test('every statement is told to onQuery, without its parameters', async () => {
  database.takeStatements();
  await sql`select ${'secret'}::text as value`.execute(database.db);
  expect(database.takeStatements()).toEqual(['select $1::text as value']);
});
