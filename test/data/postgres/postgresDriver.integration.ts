import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStatementNames } from '../../../src/data/postgres/statementNames.ts';
import { countRoundTrips } from '../../support/countRoundTrips.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../../support/testDatabase.ts';

const onPostgres = testBackend === 'postgres';
if (!onPostgres) process.stdout.write('skipped without DATABASE_URL: prepared statements and round trips\n');

describe('names of statements', () => {
  test('are the same for the same text, and others for others', () => {
    const names = createStatementNames();
    expect(names.nameOf('select $1')).toBe(names.nameOf('select $1'));
    expect(names.nameOf('select $2')).not.toBe(names.nameOf('select $1'));
  });

  test('end at a number of texts, and at a length', () => {
    const names = createStatementNames();
    expect(names.nameOf('x'.repeat(8_001))).toBeUndefined();
    const given = Array.from({ length: 600 }, (_, index) => names.nameOf(`select ${index}`));
    expect(given.filter((name) => name !== undefined)).toHaveLength(500);
    expect(names.nameOf('select 1')).toBe(given[1]);
  });
});

describe.runIf(onPostgres).each([false, true])('on PostgreSQL, with row-level security: %s,', (rowLevelSecurity) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase({ rowLevelSecurity, poolSize: 1 });
  });
  afterAll(() => database.close());

  const everything = { tenant: 'main', rows: 'all' } as const;
  const prepared = async () => {
    const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(
      database.db,
    );
    return rows.map(({ statement }) => statement);
  };

  test('a statement of the same shape is prepared once', async () => {
    for (const id of ['com_1', 'com_2', 'com_3']) await database.dataFor(everything).company(id);
    const ofCompanies = (await prepared()).filter((statement) => /"companies"."id" = any/.test(statement));
    expect(ofCompanies).toHaveLength(1);
  });

  test('a statement costs one round trip, and a transaction one more than it has statements', async () => {
    await database.dataFor(everything).company('com_1');
    const roundTrips = countRoundTrips();
    await database.dataFor(everything).company('com_1');
    expect(roundTrips.take()).toBe(1);
    const two = await database
      .forTenant('main')
      .transaction()
      .execute(async (inside) => {
        await inside.selectFrom('companies').select('id').execute();
        return inside.selectFrom('investors').select('id').execute();
      });
    expect(two.length).toBeGreaterThan(0);
    expect(roundTrips.take()).toBe(3);
  });

  test('a prepared statement that has become outdated is asked anew, or fails as what may be tried again', async () => {
    await database.dataFor(everything).company('com_1');
    const migrate = (change: string) => sql.raw(`alter table companies ${change}`).execute(database.db);
    await migrate('add column added text');
    const failed = { code: 'DATA_UNAVAILABLE', cause: { code: '40001' } };
    const first = database.dataFor(everything).company('com_1');
    if (rowLevelSecurity) await expect(first).rejects.toMatchObject(failed);
    else expect(await first).toMatchObject({ id: 'com_1' });
    expect(await database.dataFor(everything).company('com_1')).toMatchObject({ id: 'com_1' });

    await migrate('drop column added');
    const inTransaction = () =>
      database
        .forTenant('main')
        .transaction()
        .execute((inside) => inside.selectFrom('companies').selectAll().where('id', '=', 'com_1').execute());
    await inTransaction();
    await migrate('add column added text');
    await expect(inTransaction()).rejects.toMatchObject(failed);
    expect(await inTransaction()).toMatchObject([{ id: 'com_1' }]);
  });

  test('a transaction that cannot begin runs nothing of what is in it', async () => {
    const isolated = database.forTenant('main').transaction().setIsolationLevel('read committed');
    const broken = isolated.execute(async (inside) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(inside).catch(() => {});
      await inside.updateTable('companies').set({ name: 'changed' }).execute();
    });
    await expect(broken).rejects.toMatchObject({ code: 'DATA_UNAVAILABLE' });
    expect(await database.dataFor(everything).company('com_1')).not.toMatchObject({ name: 'changed' });
  });
});
