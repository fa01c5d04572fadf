import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NamedIssuer, registerIssuerAliases } from '../../../src/data/writes/issuerAliases.ts';
import { openTestDatabase, type TestDatabase } from '../../support/testDatabase.ts';

const standard = 'https://a.example';
const prefixed = 'https://b.example';
const replica = 'https://c.example';
const pool: NamedIssuer = { issuer: standard, aliases: [prefixed, replica] };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of ['access_records', 'revoked_sign_ins', 'issuer_aliases'] as const) {
    await database.db.deleteFrom(table).execute();
  }
});

interface Stored {
  readonly issuer: string;
  readonly subject?: string;
  readonly tenant?: string;
  readonly kind?: 'user' | 'machine';
  readonly role?: string;
  readonly suspended?: boolean;
  readonly valid_after?: Date;
}

const store = (...records: readonly Stored[]) =>
  database.db
    .insertInto('access_records')
    .values(
      records.map((record) => ({ kind: 'user' as const, subject: 'ann', role: 'manager', regions: [], ...record })),
    )
    .execute();

const stored = () =>
  database.db
    .selectFrom('access_records')
    .select(['tenant', 'kind', 'issuer', 'subject', 'role', 'suspended', 'valid_after'])
    .orderBy('tenant')
    .orderBy('kind')
    .orderBy('subject')
    .execute();

const register = (...pools: readonly NamedIssuer[]) => registerIssuerAliases(database.db, pools);

const ann = {
  tenant: 'main',
  kind: 'user',
  issuer: standard,
  subject: 'ann',
  role: 'manager',
  suspended: false,
  valid_after: null,
};

describe('records under an alias', () => {
  test('are moved to the canonical issuer', async () => {
    await store({ issuer: prefixed }, { issuer: replica, subject: 'ben', suspended: true });
    await register(pool);
    expect(await stored()).toEqual([ann, { ...ann, subject: 'ben', suspended: true }]);
  });

  test('of the same person become one, with all that is held against any of them', async () => {
    const [early, late] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')];
    await store(
      { issuer: standard, role: 'auditor', valid_after: early },
      { issuer: prefixed, role: 'admin', suspended: true },
      { issuer: replica, role: 'admin', valid_after: late },
    );
    await register(pool);
    expect(await stored()).toEqual([{ ...ann, role: 'auditor', suspended: true, valid_after: late }]);
  });

  test('of the same person become one, when there is none of the canonical issuer', async () => {
    await store({ issuer: replica, role: 'auditor', suspended: true }, { issuer: prefixed, role: 'manager' });
    await register(pool);
    expect(await stored()).toEqual([{ ...ann, suspended: true }]);
  });

  test('of others stay theirs: other tenants, machines and issuers', async () => {
    const others = [
      { ...ann, tenant: 'acme', issuer: standard, suspended: true },
      { ...ann, kind: 'machine' as const, issuer: standard },
      { ...ann, issuer: 'https://b.example/pool' },
    ];
    await store({ issuer: prefixed, tenant: 'acme', suspended: true });
    await store({ issuer: prefixed, kind: 'machine' }, { issuer: 'https://b.example/pool' });
    await register(pool);
    expect(await stored()).toEqual(others);
  });

  test('cannot be written any more: they are written under the canonical one', async () => {
    await register(pool);
    await store({ issuer: prefixed });
    expect(await stored()).toEqual([ann]);
    await sql`insert into access_records (kind, issuer, subject, role) values ('user', ${replica}, 'ann', 'manager')
      on conflict (tenant, kind, issuer, subject) do update set suspended = true`.execute(database.db);
    expect(await stored()).toEqual([{ ...ann, suspended: true }]);
    await expect(store({ issuer: prefixed })).rejects.toMatchObject({ code: '23505' });
    await database.db.updateTable('access_records').set({ issuer: replica }).execute();
    expect(await stored()).toEqual([{ ...ann, suspended: true }]);
  });

  test('are announced, once they are moved', async () => {
    const revision = async () =>
      (await database.db.selectFrom('claims_revision').select('revision').executeTakeFirstOrThrow()).revision;
    await store({ issuer: prefixed });
    const before = await revision();
    await register(pool);
    expect(await revision()).toBeGreaterThan(before);
    const after = await revision();
    await register(pool);
    expect(await revision()).toBe(after);
  });
});

test('a sign-in that was revoked under an alias is revoked under the canonical issuer, also from then on', async () => {
  const revoke = (issuer: string, origin_jti: string) =>
    database.db.insertInto('revoked_sign_ins').values({ issuer, origin_jti }).execute();
  await revoke(prefixed, 'one');
  await revoke(standard, 'one');
  await revoke(replica, 'two');
  await register(pool);
  await revoke(prefixed, 'three');
  const rows = database.db.selectFrom('revoked_sign_ins').select(['issuer', 'origin_jti']).orderBy('origin_jti');
  expect(await rows.execute()).toEqual(['one', 'three', 'two'].map((origin_jti) => ({ issuer: standard, origin_jti })));
});

test('an idempotency key goes on to stand for the transaction that it was sent for', async () => {
  const enter = (id: string, entered_by: string, idempotency_key: string) =>
    database.db
      .insertInto('transactions')
      .values({
        ...{ id, company_id: 'com_1', investor_id: 'inv_11', amount_usd: 1, created_at: new Date(0) },
        ...{ entered_by, idempotency_key },
      })
      .execute();
  await enter('txn_a', `user ${prefixed} ann`, 'k1');
  await enter('txn_b', `user ${standard} ann`, 'k2');
  await enter('txn_c', `machine ${replica} k2 job`, 'k2');
  await enter('txn_d', `user ${prefixed} ann`, 'k2');
  await enter('txn_e', `user ${prefixed}.au ann`, 'k1');
  await register(pool);
  const rows = database.db.selectFrom('transactions').select(['id', 'entered_by']).where('entered_by', 'is not', null);
  expect(await rows.orderBy('id').execute()).toEqual([
    { id: 'txn_a', entered_by: `user ${standard} ann` },
    { id: 'txn_b', entered_by: `user ${standard} ann` },
    { id: 'txn_c', entered_by: `machine ${standard} k2 job` },
    // Two were entered under one key; this one keeps its own.
    { id: 'txn_d', entered_by: `user ${prefixed} ann` },
    { id: 'txn_e', entered_by: `user ${prefixed}.au ann` },
  ]);
});

test('what was an alias can become canonical, and the other way round', async () => {
  await register(pool);
  await store({ issuer: standard });
  await register({ issuer: prefixed, aliases: [standard, replica] });
  expect(await stored()).toEqual([{ ...ann, issuer: prefixed }]);
  const aliases = database.db.selectFrom('issuer_aliases').selectAll().orderBy('alias');
  expect(await aliases.execute()).toEqual([
    { alias: standard, canonical: prefixed },
    { alias: replica, canonical: prefixed },
  ]);
  await store({ issuer: standard, subject: 'ben' });
  expect(await stored()).toMatchObject([{ issuer: prefixed }, { issuer: prefixed, subject: 'ben' }]);
});

test('of several processes that start at once, all find it done', async () => {
  await store({ issuer: prefixed }, { issuer: replica, subject: 'ben' });
  await Promise.all(Array.from({ length: 4 }, () => register(pool)));
  expect(await stored()).toEqual([ann, { ...ann, subject: 'ben' }]);
});
