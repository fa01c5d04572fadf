import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase, type TestDatabase, testIssuer } from '../../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
});
afterAll(() => database.close());

/** A business record in which one column is set in SQL. */
const store = (subject: string, column: string, value: string) =>
  sql`insert into access_records (kind, issuer, subject, ${sql.ref('role')}, ${sql.ref(column)})
    values ('user', ${testIssuer}, ${subject}, 'auditor', ${sql.raw(value)})`.execute(database.db);

test.each([
  ['manager_id', "''"],
  ['investor_id', "''"],
  ['title', "''"],
  ['regions', "'{{USA},{ASIA}}'"],
  ['regions', "'{MARS}'"],
  ['regions', "'{USA,null}'"],
  ['payment_limit_usd', '-1'],
  ['payment_limit_usd', '9007199254740992'],
])('a business record whose %s is %s cannot be stored', async (column, value) => {
  const stored = store('refused', column, value);
  await expect(stored).rejects.toMatchObject({ code: '23514' });
  await expect(stored).rejects.toThrow(/"access_records_/);
});

test.each([
  ['title', 'null'],
  ['title', "' '"],
  ['regions', "'{}'"],
  ['regions', "'{USA,ASIA}'"],
])('one whose %s is %s can', async (column, value) => {
  await store(`${column} ${value}`, column, value);
});
