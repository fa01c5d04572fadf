import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tables } from '../../../src/data/tables.ts';
import { openTestDatabase, type TestDatabase, testIssuer } from '../../support/testDatabase.ts';

// Roles are the server's, and so everybody's.
const role = `claimgraph_program_${randomUUID().replaceAll('-', '')}`;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.db.insertInto('revoked_sign_ins').values({ issuer: testIssuer, origin_jti: 'zero' }).execute();
  await sql.raw(`create role ${role} nologin`).execute(database.db);
  await sql.raw(`grant select, update on access_records to ${role}`).execute(database.db);
  await sql.raw(`grant insert, delete on revoked_sign_ins to ${role}`).execute(database.db);
});
afterAll(async () => {
  await sql.raw(`drop owned by ${role}`).execute(database.db);
  await sql.raw(`drop role ${role}`).execute(database.db);
  await database.close();
});

const readRevision = async () => {
  const row = await database.db.selectFrom('claims_revision').select('revision').executeTakeFirstOrThrow();
  return row.revision;
};

/** Another program, with no more rights than its work needs, and with a search path that does not lead here. */
function asProgram(searchPath: string, work: (transaction: Transaction<Tables>) => Promise<unknown>): Promise<unknown> {
  return database.db.transaction().execute(async (transaction) => {
    await sql.raw(`set local search_path = ${searchPath}`).execute(transaction);
    await sql.raw(`set local role ${role}`).execute(transaction);
    return work(transaction);
  });
}

const changes: readonly (readonly [change: string, statement: string])[] = [
  ['update', `update public.access_records set title = 'Partner' where manager_id = '10345'`],
  ['insert', `insert into public.revoked_sign_ins (issuer, origin_jti) values ('${testIssuer}', 'one')`],
  ['delete', `delete from public.revoked_sign_ins`],
];

test.each(changes)(
  'a statement (%s) of a role with rights on that table alone, and another search path, is counted',
  async (_, statement) => {
    for (const searchPath of ['pg_catalog', "''", 'pg_temp, pg_catalog']) {
      const before = await readRevision();
      const undone = asProgram(searchPath, async (transaction) => {
        await sql.raw(statement).execute(transaction);
        await sql`reset role`.execute(transaction);
        const { rows } = await sql<{ revision: number }>`
        select revision from public.claims_revision`.execute(transaction);
        expect(rows).toEqual([{ revision: before + 1 }]);
        throw new RangeError('the next search path wants the same rows');
      });
      await expect(undone).rejects.toThrow('the next search path');
    }
  },
);

test('a temporary table of the same name is not counted in its place', async () => {
  const before = await readRevision();
  await asProgram('public', async (transaction) => {
    await sql`create temporary table claims_revision on commit drop as select 0::bigint as revision`.execute(
      transaction,
    );
    await sql`update access_records set title = 'Analyst' where manager_id = '10345'`.execute(transaction);
  });
  expect(await readRevision()).toBe(before + 1);
});

test('nobody can have the announcements made for a table of their own', async () => {
  const stolen = asProgram('public', async (transaction) => {
    await sql`create temporary table mine (kind text, issuer text, subject text, tenant text)`.execute(transaction);
    await sql`create trigger mine after insert on mine
      referencing new table as new_rows for each statement execute function announce_claims_change()`.execute(
      transaction,
    );
  });
  await expect(stolen).rejects.toMatchObject({ code: '42501' });
});
