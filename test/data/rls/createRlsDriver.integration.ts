import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RowFilter } from '../../../src/data/rows.ts';
import { fillWorld } from '../../support/everyQuery.ts';
import { openTestDatabase, type TestDatabase } from '../../support/testDatabase.ts';
import { twoTenants } from '../../support/twoTenants.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none', rowLevelSecurity: true });
});
afterAll(() => database.close());
beforeEach(() => fillWorld(database.db, twoTenants));

const acme: RowFilter = { tenant: 'acme', rows: 'all' };
const acmeUsa: RowFilter = { tenant: 'acme', rows: 'ofRegions', regions: ['USA'] };
const acmeInvestor: RowFilter = { tenant: 'acme', rows: 'ofInvestor', investorId: 'inv_1' };
const globex: RowFilter = { tenant: 'globex', rows: 'all' };

const behind = (filter: RowFilter) => database.forRowFilter(filter);
const idsBehind = async (filter: RowFilter) => {
  const rows = await behind(filter).selectFrom('companies').select(['tenant', 'id']).orderBy('id').execute();
  return rows.map(({ tenant, id }) => `${tenant} ${id}`).join(', ');
};
const allOfAcme = 'acme com_1, acme com_2, acme com_acme';
const transaction = { tenant: 'acme', id: 'txn_9', amount_usd: 1, created_at: new Date(0) };
const ofCom2 = { ...transaction, company_id: 'com_2', investor_id: 'inv_1' };

test('a hundred callers at once see their own rows, on the same connections as callers without row-level security', async () => {
  const callers: readonly (readonly [RowFilter, string])[] = [
    [acme, allOfAcme],
    [acmeUsa, 'acme com_1, acme com_acme'],
    [acmeInvestor, 'acme com_1, acme com_2'],
    [globex, 'globex com_1, globex com_2, globex com_globex'],
    [{ rows: 'none' }, ''],
  ];
  const wrong: unknown[] = [];
  await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const [filter, expected] = callers[index % callers.length] ?? [acme, ''];
      const seen = await idsBehind(filter);
      // Only now: every connection has been somebody's.
      const plain = await sql<{ role: string; left: string }>`
        select current_setting('role') as role, concat(
          current_setting('claimgraph.tenant', true), current_setting('claimgraph.rows', true),
          current_setting('claimgraph.regions', true), current_setting('claimgraph.investorId', true)) as left
      `.execute(database.db);
      if (seen !== expected) wrong.push({ filter, seen });
      if (plain.rows[0]?.role !== 'none' || plain.rows[0].left !== '') wrong.push(plain.rows);
    }),
  );
  expect(wrong).toEqual([]);
});

test('the statements of row-level security itself are not reported', async () => {
  database.takeStatements();
  await idsBehind(acme);
  await behind(acme)
    .transaction()
    .execute((inside) => inside.selectFrom('companies').select('id').execute());
  expect(database.takeStatements().filter((statement) => /from "companies"/.test(statement))).toHaveLength(2);
  expect(database.takeStatements().filter((statement) => /set_config/.test(statement))).toEqual([]);
});

test('a statement that fails rejects with its own error, and leaves nothing behind', async () => {
  for (let count = 0; count < 15; count += 1) {
    await expect(sql`select nonsense`.execute(behind(acme))).rejects.toMatchObject({ code: '42703' });
  }
  expect(await idsBehind(acme)).toBe(allOfAcme);
  expect(await database.db.selectFrom('companies').select('id').execute()).toHaveLength(6);
});

test('a statement that takes too long rejects as it does without row-level security, and the next one runs', async () => {
  const impatient = await openTestDatabase({ data: 'none', rowLevelSecurity: true, statementTimeoutMs: 1000 });
  try {
    const slow = sql`select pg_sleep(2)`.execute(impatient.forRowFilter(acme));
    await expect(slow).rejects.toMatchObject({ code: 'DATA_UNAVAILABLE', cause: { code: '57014' } });
    await expect
      .poll(
        () =>
          impatient
            .dataFor(acme)
            .countAuditEvents()
            .catch(() => 'busy'),
        { timeout: 30_000 },
      )
      .toBe(0);
  } finally {
    await impatient.close();
  }
});

test('a statement that writes is committed by itself, and rejects when that fails', async () => {
  await behind(acmeUsa)
    .insertInto('transactions')
    .values({ ...ofCom2, company_id: 'com_1' })
    .execute();
  expect(await database.dataFor(acme).transaction('txn_9')).toMatchObject({ companyId: 'com_1' });
  const defer = (how: string) =>
    sql
      .raw(`alter table transactions alter constraint transactions_tenant_investor_id_fkey ${how}`)
      .execute(database.db);
  await defer('deferrable initially deferred');
  const late = { ...ofCom2, id: 'txn_10', investor_id: 'inv_none' };
  await expect(behind(acme).insertInto('transactions').values(late).execute()).rejects.toMatchObject({ code: '23503' });
  await defer('not deferrable');
  expect(await database.dataFor(acme).transaction('txn_10')).toBeNull();
});

describe('a transaction under row-level security', () => {
  test('sees the caller`s rows and its own writes, and is undone as a whole', async () => {
    const undone = behind(acmeUsa)
      .transaction()
      .execute(async (inside) => {
        expect(await inside.selectFrom('companies').select('id').execute()).toHaveLength(2);
        await inside
          .insertInto('transactions')
          .values({ ...ofCom2, company_id: 'com_1' })
          .execute();
        expect(await inside.selectFrom('transactions').select('id').where('id', '=', 'txn_9').execute()).toHaveLength(
          1,
        );
        throw new RangeError('changed my mind');
      });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await database.dataFor(acme).transaction('txn_9')).toBeNull();
  });

  test('has the isolation that it asks for', async () => {
    const isolation = await behind(acme)
      .transaction()
      .setIsolationLevel('serializable')
      .execute((inside) =>
        sql<{ level: string }>`select current_setting('transaction_isolation') as level`.execute(inside),
      );
    expect(isolation.rows).toEqual([{ level: 'serializable' }]);
  });

  test('is over with its settings when it fails on its connection', async () => {
    const failing = behind(acme)
      .transaction()
      .execute((inside) => sql`select nonsense`.execute(inside));
    await expect(failing).rejects.toMatchObject({ code: '42703' });
    expect(await idsBehind(globex)).toBe('globex com_1, globex com_2, globex com_globex');
  });
});

describe('what is written under row-level security', () => {
  const denied = { code: '42501' };
  const company = { ...{ id: 'com_9', name: 'n', region: 'ASIA' as const, manager_id: '7' }, target_usd: 1 };
  const whole = { ...company, internal_rating: 'A', board_notes: '' };
  const event = { ...{ id: 'aud_9', occurred_at: new Date(0), actor: 'ann' }, action: 'A', target_id: 'x' };

  test.each([
    ['another tenant', { ...ofCom2, tenant: 'globex' }, acme],
    ['a company outside their rows', ofCom2, acmeUsa],
    ['an investor, though it is their own', ofCom2, acmeInvestor],
    ['nobody', ofCom2, { rows: 'none' } as const],
  ])('a transaction is refused for %s', async (_, row, filter) => {
    await expect(behind(filter).insertInto('transactions').values(row).execute()).rejects.toMatchObject(denied);
  });

  test('a company is refused outside of the regions and the tenant, also as the new place of one inside', async () => {
    await expect(behind(acmeUsa).insertInto('companies').values(whole).execute()).rejects.toMatchObject(denied);
    const move = (set: object) =>
      behind(acmeUsa).updateTable('companies').set(set).where('id', '=', 'com_acme').execute();
    await expect(move({ region: 'ASIA' })).rejects.toMatchObject(denied);
    await expect(
      behind(acme)
        .insertInto('companies')
        .values({ ...whole, tenant: 'globex' })
        .execute(),
    ).rejects.toMatchObject(denied);
  });

  test('an investor changes no company, not even one that they see', async () => {
    const rename = behind(acmeInvestor).updateTable('companies').set({ name: 'x' }).where('id', '=', 'com_1');
    await expect(rename.execute()).rejects.toMatchObject(denied);
  });

  test('rows outside are not updated, and none is ever deleted', async () => {
    const { numUpdatedRows } = await behind(acmeUsa)
      .updateTable('companies')
      .set({ name: 'x' })
      .executeTakeFirstOrThrow();
    expect(numUpdatedRows).toBe(2n);
    await expect(behind(acme).deleteFrom('transactions').execute()).rejects.toMatchObject(denied);
    await expect(sql`truncate audit_events`.execute(behind(acme))).rejects.toMatchObject(denied);
  });

  test.each([acme, acmeUsa, acmeInvestor])('everybody leaves a trace in their own tenant: %j', async (filter) => {
    await behind(filter)
      .insertInto('audit_events')
      .values({ ...event, tenant: 'acme' })
      .execute();
    expect(await database.dataFor(acme).countAuditEvents()).toBe(3);
    await expect(
      behind(filter)
        .insertInto('audit_events')
        .values({ ...event, tenant: 'globex' })
        .execute(),
    ).rejects.toMatchObject(denied);
    await expect(sql`update audit_events set actor = 'x'`.execute(behind({ rows: 'none' }))).resolves.toMatchObject({
      rows: [],
    });
    expect(await database.db.selectFrom('audit_events').select('id').where('actor', '=', 'x').execute()).toEqual([]);
  });

  test('who works for no caller cannot be had by a setting alone', async () => {
    const seen = await behind(acme)
      .transaction()
      .execute(async (inside) => {
        await sql`select set_config('claimgraph.maintenance', 'on', true)`.execute(inside);
        return inside.selectFrom('companies').select('tenant').distinct().execute();
      });
    expect(seen).toEqual([{ tenant: 'acme' }]);
  });
});
