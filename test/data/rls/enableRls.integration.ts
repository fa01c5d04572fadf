import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillDemoData } from '../../../dev/demoData.ts';
import { ConfigurationError } from '../../../packages/claimgraph/src/errors.ts';
import { openDatabase } from '../../../src/data/openDatabase.ts';
import { checkRls } from '../../../src/data/rls/checkRls.ts';
import { assertRlsDisabled, enableRls } from '../../../src/data/rls/enableRls.ts';
import type { Tables } from '../../../src/data/tables.ts';
import { openTestDatabase, type TestDatabase, testBackend, testIssuer } from '../../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ rowLevelSecurity: true });
});
afterAll(() => database.close());

const run = (statement: string) => sql.raw(statement).execute(database.db);

test('a database that was opened with it has all of row-level security', async () => {
  expect(await checkRls(database.db)).toEqual([]);
});

test.each([
  'alter table companies no force row level security',
  'alter table audit_events disable row level security',
  'revoke insert on transactions from claimgraph_api',
  'revoke all on investors from claimgraph_api',
  'revoke usage on schema public from claimgraph_api, public',
])('what a start may put up again, it does: %s', async (damage) => {
  await run(damage);
  expect(await checkRls(database.db)).not.toEqual([]);
  await enableRls(database.db);
  expect(await checkRls(database.db)).toEqual([]);
});

describe('row-level security that somebody has changed is refused', () => {
  const visible = `create policy visible on audit_events for select
    using (tenant = current_setting('claimgraph.tenant', true) and current_setting('claimgraph.rows', true) = 'all')`;
  const changes: readonly (readonly [change: string, back: string, problem: RegExp])[] = [
    [
      'create policy hole on companies using (true)',
      'drop policy hole on companies',
      /^- companies: .* maintained \*, visible \*; got hole \*, maintained \*, visible \*\. Run: /m,
    ],
    [
      'drop policy visible on audit_events',
      visible,
      /^- audit_events: .* maintained \*, visible r, written a; got maintained \*, written a\. Run: /m,
    ],
    [
      'alter policy visible on audit_events using (true)',
      `drop policy visible on audit_events; ${visible}`,
      /^- audit_events: .* Run: /m,
    ],
    [
      'grant delete, truncate on investors to claimgraph_api',
      'revoke delete, truncate on investors from claimgraph_api',
      /^- investors: .*\bclaimgraph_api\b.* delete, truncate\. Run: revoke delete, truncate on investors from claimgraph_api, public;$/m,
    ],
  ];
  test.each(changes)('%s', async (change, back, problem) => {
    await run(change);
    await expect(enableRls(database.db)).rejects.toThrow(ConfigurationError);
    await expect(enableRls(database.db)).rejects.toThrow(problem);
    for (const statement of back.split('; ')) await run(statement);
    await enableRls(database.db);
  });

  // The roles of a server are everybody's.
  test.runIf(testBackend === 'embedded').each([
    ['alter role claimgraph_api login', 'alter role claimgraph_api nologin'],
    ['alter role claimgraph_api bypassrls', 'alter role claimgraph_api nobypassrls'],
    ['alter role claimgraph_api superuser', 'alter role claimgraph_api nosuperuser'],
    ['grant pg_read_all_data to claimgraph_api', 'revoke pg_read_all_data from claimgraph_api'],
  ])('%s', async (change, back) => {
    await run(change);
    await expect(enableRls(database.db)).rejects.toThrow(/^- .*\bclaimgraph_api\b.* Run: /m);
    await run(back);
    await enableRls(database.db);
  });
});

describe('a process without row-level security', () => {
  test('starts where row-level security hides nothing from its user, and on none', async () => {
    await assertRlsDisabled(database.db);
  });

  test('does not start where row-level security would hide every row from it', async () => {
    const opening = database.db.transaction().execute(async (transaction: Transaction<Tables>) => {
      await sql`set local role claimgraph_api`.execute(transaction);
      await assertRlsDisabled(transaction);
    });
    await expect(opening).rejects.toThrow(ConfigurationError);
    await expect(opening).rejects.toThrow(/^DATABASE_RLS: .*\n.*DATABASE_RLS=on /);
    const tables = ['companies', 'investors', 'transactions', 'audit_events'];
    const remedies = tables.map(
      (table) => `alter table ${table} no force row level security, disable row level security;`,
    );
    await expect(opening).rejects.toThrow(new RegExp(`\n *${remedies.join('\n *')}$`));
  });
});

describe.runIf(testBackend === 'postgres')('a database user who is no superuser and owns the database', () => {
  const name = `claimgraph_owner_${randomUUID().replaceAll('-', '')}`;
  const server = process.env.DATABASE_URL ?? '';
  const url = new URL(server || 'postgres://127.0.0.1');
  url.pathname = `/${name}`;
  const asSuperuser = async (at: string, statements: readonly string[]) => {
    const client = new pg.Client({ connectionString: at });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const superuserUrl = url.href;
  const ownerUrl = Object.assign(new URL(superuserUrl), { username: name, password: name }).href;
  const open = (rowLevelSecurity: boolean) => openDatabase({ kind: 'postgres', url: ownerUrl, rowLevelSecurity });

  beforeAll(() =>
    asSuperuser(server, [`create role ${name} login password '${name}'`, `create database ${name} owner ${name}`]),
  );
  afterAll(() => asSuperuser(server, [`drop database ${name} with (force)`, `drop role ${name}`]));

  test('is told what a database administrator must run, and then starts, fills the demo data and serves it', async () => {
    const refusal: unknown = await open(true).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigurationError);
    const { message } = refusal as ConfigurationError;
    expect(message).toMatch(/^DATABASE_RLS: /);
    expect(message).toContain(`Run: grant claimgraph_api to ${name};`);
    const remedies = [...message.matchAll(/Run: (.*);$/gm)].map(([, statement = '']) => statement);
    await asSuperuser(superuserUrl, remedies);

    const opened = await open(true);
    expect(await fillDemoData(opened.db, { issuer: testIssuer })).toBe('filled');
    expect(await fillDemoData(opened.db, { issuer: testIssuer })).toBe('already-demo');
    const count = async (db: typeof opened.db) => (await db.selectFrom('companies').select('id').execute()).length;
    expect(await count(opened.forRowFilter({ tenant: 'main', rows: 'ofRegions', regions: ['USA'] }))).toBe(2);
    expect(await count(opened.forRowFilter({ tenant: 'acme', rows: 'all' }))).toBe(0);
    expect(await count(opened.db)).toBe(0);
    const own = opened.forTenant('main');
    expect(await count(own)).toBe(4);
    const event = { tenant: 'main', id: 'aud_9', occurred_at: new Date(0), actor: 'ann', action: 'A', target_id: 'x' };
    await own.insertInto('audit_events').values(event).execute();
    const foreign = own.insertInto('audit_events').values({ ...event, tenant: 'acme' });
    await expect(foreign.execute()).rejects.toMatchObject({ code: '42501' });
    await opened.close();

    await expect(open(false)).rejects.toThrow(/^DATABASE_RLS: .* companies,/);
    await (await open(true)).close();
  });

  test('who has data of somebody else in it is not given the demo data', async () => {
    const opened = await open(true);
    await opened.db.transaction().execute(async (transaction) => {
      await sql`select set_config('claimgraph.maintenance', 'on', true)`.execute(transaction);
      for (const table of [
        'transactions',
        'companies',
        'investors',
        'audit_events',
        'access_records',
        'settings',
      ] as const) {
        await transaction.deleteFrom(table).execute();
      }
      await transaction
        .insertInto('investors')
        .values({ tenant: 'acme', id: 'inv_1', email: '', tax_id: '' })
        .execute();
    });
    expect(await fillDemoData(opened.db, { issuer: testIssuer })).toBe('not-empty');
    await opened.close();
  });
});
