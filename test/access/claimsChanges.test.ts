import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { demoUsers } from '../../dev/demoUsers.ts';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { followAccessRecords } from '../../src/access/claimsChanges.ts';
import type { Listening } from '../../src/data/backend.ts';
import { openTestDatabase, type TestDatabase, testBackend, testIssuer } from '../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

let following: Listening | undefined;
afterEach(async () => {
  await following?.close();
  following = undefined;
});

/** What happened to the cache, event by event: `next` waits for one. */
async function follow(heartbeatMs = 60_000) {
  const { next, seen } = await followTenants(heartbeatMs, (subject) => subject.tenant !== 'main');
  return { next, seen };
}

/** A record of `main` has two keys (its tenant named, and not); `isNoted` tells which identities to note. */
async function followTenants(heartbeatMs: number, isNoted: (subject: Subject) => boolean = () => true) {
  const seen: string[] = [];
  let wake = () => {};
  const note = (event: string) => {
    seen.push(event);
    wake();
  };
  following = followAccessRecords({
    database,
    heartbeatMs,
    listeners: [
      {
        invalidate(subject) {
          if (isNoted(subject)) note(toSubjectKey(subject));
        },
        invalidateAll: () => note('everything'),
      },
    ],
    onSignInsRevoked: () => note('sign-ins'),
    onMissed: () => note('gap'),
    onUnreadable: () => note('unreadable'),
    onBroken: () => note('broken'),
  });
  async function next(): Promise<string | undefined> {
    if (seen.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return seen.shift();
  }
  expect(await next()).toBe('everything');
  return { next, seen };
}

const subjectOf = (name: string) => demoUsers.find(({ username }) => username === name)?.subject ?? '';
const keyOf = (name: string) => `user ${testIssuer} ${subjectOf(name)}`;

const giveTitle = (title: string, ...names: readonly string[]) =>
  database.db.updateTable('access_records').set({ title }).where('subject', 'in', names.map(subjectOf));

let ends = 0;

/** Announced after whatever came before: when it was heard, nothing else is still to come. */
async function announceAuditor(): Promise<void> {
  ends += 1;
  await giveTitle(`the end ${ends}`, 'auditor').execute();
}

describe('a change of the business records, whoever makes it,', () => {
  test('is announced with the identity it is about', async () => {
    const { next } = await follow();
    await giveTitle('Director', 'usa-manager').execute();
    expect(await next()).toBe(keyOf('usa-manager'));
  });

  test('is announced when a record is made, renamed and deleted: under both names', async () => {
    const { next } = await follow();
    const record = { kind: 'machine' as const, issuer: testIssuer, subject: 'job 7 "é"', role: 'auditor', regions: [] };
    await database.db.insertInto('access_records').values(record).execute();
    expect(await next()).toBe(`machine ${testIssuer} job 7 "é"`);
    const renamed = database.db.updateTable('access_records').set({ subject: 'job 8' });
    await renamed.where('subject', '=', record.subject).execute();
    expect([await next(), await next()].sort()).toEqual([
      `machine ${testIssuer} job 7 "é"`,
      `machine ${testIssuer} job 8`,
    ]);
    await database.db.deleteFrom('access_records').where('subject', '=', 'job 8').execute();
    expect(await next()).toBe(`machine ${testIssuer} job 8`);
  });

  test('is not announced when it is rolled back, or changes no row', async () => {
    const { next } = await follow();
    const undone = database.db.transaction().execute(async (transaction) => {
      await transaction.updateTable('access_records').set({ title: 'never' }).execute();
      throw new RangeError('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    await database.db.updateTable('access_records').set({ title: 'x' }).where('subject', '=', 'nobody').execute();
    await announceAuditor();
    expect(await next()).toBe(keyOf('auditor'));
  });

  test('is announced for the records that it changes, and not for those that it leaves as they were', async () => {
    const { next } = await follow();
    await giveTitle('Analyst', 'usa-manager', 'newcomer').execute();
    expect(await next()).toBe(keyOf('usa-manager'));
    await database.db
      .updateTable('access_records')
      .set(({ ref }) => ({ title: ref('title') }))
      .execute();
    await giveTitle('Analyst', 'usa-manager', 'asia-europe-manager').execute();
    expect(await next()).toBe(keyOf('asia-europe-manager'));
    await sql`insert into access_records select * from access_records
      on conflict (tenant, kind, issuer, subject) do update set title = excluded.title`.execute(database.db);
    await announceAuditor();
    expect(await next()).toBe(keyOf('auditor'));
  });

  test('is announced to all when it is about more than a hundred, and leaves no gap', async () => {
    const { next } = await follow();
    const rows = Array.from({ length: 101 }, (_, index) => ({
      kind: 'machine' as const,
      issuer: testIssuer,
      subject: `crowd-${index}`,
      role: 'auditor',
      regions: [],
    }));
    await database.db.insertInto('access_records').values(rows.slice(0, 100)).execute();
    const first: unknown[] = [];
    while (first.length < 100) first.push(await next());
    expect(first.sort()).toEqual(
      rows
        .slice(0, 100)
        .map(({ subject }) => `machine ${testIssuer} ${subject}`)
        .sort(),
    );
    await database.db.insertInto('access_records').values(rows.slice(100)).execute();
    expect(await next()).toBe(`machine ${testIssuer} crowd-100`);
    await database.db.deleteFrom('access_records').where('subject', 'like', 'crowd-%').execute();
    expect(await next()).toBe('everything');
    await announceAuditor();
    expect(await next()).toBe(keyOf('auditor'));
  });

  test('is announced to all when its names do not fit into a notification', async () => {
    const { next } = await follow();
    const long = {
      kind: 'machine' as const,
      issuer: testIssuer,
      subject: 'ü'.repeat(4_000),
      role: 'auditor',
      regions: [],
    };
    await database.db.insertInto('access_records').values(long).execute();
    expect(await next()).toBe('everything');
    await database.db.deleteFrom('access_records').where('subject', '=', long.subject).execute();
    expect(await next()).toBe('everything');
  });
});

describe('a change of the revoked sign-ins, whoever makes it,', () => {
  const revoke = (...names: readonly string[]) =>
    database.db
      .insertInto('revoked_sign_ins')
      .values(names.map((origin_jti) => ({ issuer: testIssuer, origin_jti })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();

  test('is announced, leaves no gap, and nobody’s claims are forgotten for it', async () => {
    const { next, seen } = await follow();
    await announceAuditor();
    expect(await next()).toBe(keyOf('auditor'));
    await revoke('one', 'two');
    expect(await next()).toBe('sign-ins');
    await database.db
      .updateTable('revoked_sign_ins')
      .set({ origin_jti: 'three' })
      .where('origin_jti', '=', 'two')
      .execute();
    expect(await next()).toBe('sign-ins');
    await database.db.deleteFrom('revoked_sign_ins').where('origin_jti', '=', 'three').execute();
    expect(await next()).toBe('sign-ins');
    await sql`truncate revoked_sign_ins`.execute(database.db);
    expect(await next()).toBe('sign-ins');
    await announceAuditor();
    expect([await next(), ...seen]).toEqual([keyOf('auditor')]);
  });

  test('is not announced when there is none', async () => {
    const { next } = await follow();
    await revoke('one');
    expect(await next()).toBe('sign-ins');
    await revoke('one');
    await database.db.deleteFrom('revoked_sign_ins').where('origin_jti', '=', 'another').execute();
    await announceAuditor();
    expect(await next()).toBe(keyOf('auditor'));
  });

  test('is understood by who knows of no sign-ins: as a change of nobody’s claims', async () => {
    const payloads: string[] = [];
    const heard = new Promise<void>((resolve) => {
      following = database.listen({
        channel: 'claims_changed',
        heartbeatSql: 'select 1',
        heartbeatMs: 60_000,
        onListening: () => void revoke('heard'),
        onNotification: (payload) => resolve(void payloads.push(payload)),
        onHeartbeat() {},
        onBroken() {},
      });
    });
    await heard;
    expect(payloads.map((payload) => JSON.parse(payload))).toEqual([
      { revision: expect.any(Number), subjects: [], signIns: true },
    ]);
  });
});

describe('the announcement of a tenant', () => {
  const record = { kind: 'machine' as const, issuer: testIssuer, subject: 'job', role: 'auditor', regions: [] };

  test('names it, and nobody of another tenant is forgotten', async () => {
    const { next } = await followTenants(60_000);
    await database.db
      .insertInto('access_records')
      .values({ ...record, tenant: 'acme' })
      .execute();
    expect(await next()).toBe(`machine@acme ${testIssuer} job`);
    await database.db.updateTable('access_records').set({ tenant: 'globex' }).where('tenant', '=', 'acme').execute();
    expect([await next(), await next()].sort()).toEqual([
      `machine@acme ${testIssuer} job`,
      `machine@globex ${testIssuer} job`,
    ]);
    await database.db.deleteFrom('access_records').where('tenant', '=', 'globex').execute();
    expect(await next()).toBe(`machine@globex ${testIssuer} job`);
  });

  test('that is main is about who belongs to it by name, and about whose user pool names no tenant', async () => {
    const { next } = await followTenants(60_000);
    await giveTitle('Director', 'usa-manager').execute();
    expect(await next()).toBe(keyOf('usa-manager'));
    expect(await next()).toBe(keyOf('usa-manager').replace('user', 'user@main'));
  });

  test('has three elements for main, which a process that knows no tenants reads, and four for others, which it cannot', async () => {
    const payloads: string[] = [];
    let heard = () => {};
    const listening = new Promise<Listening>((resolve) => {
      const opened = database.listen({
        channel: 'claims_changed',
        heartbeatSql: 'select 1',
        heartbeatMs: 60_000,
        onListening: () => resolve(opened),
        onNotification(payload) {
          payloads.push(payload);
          if (payloads.length === 2) heard();
        },
        onHeartbeat() {},
        onBroken() {},
      });
    });
    following = await listening;
    const both = new Promise<void>((resolve) => (heard = resolve));
    await giveTitle('the end', 'auditor').execute();
    await database.db
      .insertInto('access_records')
      .values({ ...record, tenant: 'acme' })
      .execute();
    await both;
    expect(payloads.map((payload) => JSON.parse(payload).subjects)).toEqual([
      [['user', testIssuer, subjectOf('auditor')]],
      [['machine', testIssuer, 'job', 'acme']],
    ]);
    await database.db.deleteFrom('access_records').where('tenant', '=', 'acme').execute();
  });
});

test.each([['no JSON'], ['{"revision":"7"}'], ['{"revision":7,"subjects":[["root","i","s"]]}'], ['']])(
  'an announcement that nobody understands forgets everything: %j',
  async (payload) => {
    const { next } = await follow();
    await sql`select pg_notify('claims_changed', ${payload})`.execute(database.db);
    expect([await next(), await next()]).toEqual(['everything', 'unreadable']);
  },
);

describe.runIf(testBackend === 'postgres')('on a PostgreSQL server', () => {
  /** Ends the connection that listens, as a restart of the server would. */
  const cut = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'claimgraph: changed claims'`.execute(database.db);

  test('a connection that breaks is made again, and what was missed meanwhile is forgotten', async () => {
    const { next } = await follow();
    for (const attempt of ['first', 'second']) {
      await cut();
      expect(await next()).toBe('broken');
      expect(await next()).toBe('everything');
      await giveTitle(`Director for the ${attempt} time`, 'usa-manager').execute();
      expect(await next()).toBe(keyOf('usa-manager'));
    }
  });

  test('a change whose announcement is lost is noticed by the heartbeat', async () => {
    const { next } = await follow(20);
    await announceAuditor();
    expect(await next()).toBe(keyOf('auditor'));
    await sql`update claims_revision set revision = revision + 1`.execute(database.db);
    expect(await next()).toBe('gap');
    expect(await next()).toBe('everything');
  });

  test('a server that is not there is waited for, and given up when listening ends', async () => {
    const { openPostgres } = await import('../../src/data/postgres/openPostgres.ts');
    const backend = openPostgres({ kind: 'postgres', url: 'postgres://postgres@127.0.0.1:1/none' });
    let failures = 0;
    await new Promise<void>((resolve) => {
      const listening = backend.listen({
        channel: 'claims_changed',
        heartbeatSql: 'select 1',
        heartbeatMs: 10,
        onListening: () => expect.unreachable('nobody listens there'),
        onNotification: () => {},
        onHeartbeat: () => {},
        onBroken: () => {
          failures += 1;
          if (failures === 3) void listening.close().then(resolve);
        },
      });
    });
    expect(failures).toBe(3);
  });
});
