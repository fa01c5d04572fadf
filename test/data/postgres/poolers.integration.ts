import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../packages/claimgraph/src/errors.ts';
import { followAccessRecords } from '../../../src/access/claimsChanges.ts';
import { type OpenDatabase, openDatabase } from '../../../src/data/openDatabase.ts';
import { type PgBouncer, pgBouncerProgram, startPgBouncer } from '../../support/startPgBouncer.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../../support/testDatabase.ts';

const canRun = testBackend === 'postgres' && pgBouncerProgram !== undefined;
if (!canRun) process.stdout.write('skipped without DATABASE_URL and the program pgbouncer: poolers\n');

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const urlOf = ({ options }: TestDatabase) => (options.kind === 'postgres' ? options.url : '');

const sessionModes: readonly (readonly [name: string, settings: readonly string[]])[] = [
  ['with its defaults', []],
  ['with parameters that it drops', ['ignore_startup_parameters = statement_timeout, options, extra_float_digits']],
];

describe.runIf(canRun).each(sessionModes)('PgBouncer in session mode, %s,', (_, settings) => {
  let bouncer: PgBouncer;
  let opened: OpenDatabase;
  beforeAll(async () => {
    bouncer = await startPgBouncer(urlOf(database), settings);
    opened = await openDatabase({
      kind: 'postgres',
      url: bouncer.urlOf(urlOf(database)),
      statementTimeoutMs: 700,
      rowLevelSecurity: true,
    });
  });
  afterAll(async () => {
    await opened.close();
    await bouncer.close();
  });

  test('leaves the limit of a statement to the server', async () => {
    const { rows } = await sql<{ timeout: string }>`select current_setting('statement_timeout') as timeout`.execute(
      opened.db,
    );
    expect(rows).toEqual([{ timeout: '700ms' }]);
    await expect(sql`select pg_sleep(30)`.execute(opened.db)).rejects.toMatchObject({ code: '57014' });
    await opened.ping();
  });

  test('passes on announcements, and rows as the policies say', async () => {
    let hear = (_key: string) => {};
    const heard = new Promise<string>((resolve) => (hear = resolve));
    let listen = () => {};
    const listening = new Promise<void>((resolve) => (listen = resolve));
    const following = followAccessRecords({
      database: opened,
      heartbeatMs: 60_000,
      listeners: [{ invalidate: ({ subject }) => hear(subject), invalidateAll: () => listen() }],
      onSignInsRevoked: () => {},
      onMissed: () => {},
      onUnreadable: () => {},
      onBroken: () => {},
    });
    await listening;
    const changed = await database.db
      .updateTable('access_records')
      .set({ title: randomUUID() })
      .where('manager_id', '=', '10345')
      .returning('subject')
      .executeTakeFirstOrThrow();
    expect(await heard).toBe(changed.subject);
    await following.close();
    const ofRegions = opened.forRowFilter({ tenant: 'main', rows: 'ofRegions', regions: ['USA'] });
    expect(await ofRegions.selectFrom('companies').select('id').orderBy('id').execute()).toEqual([
      { id: 'com_2' },
      { id: 'com_4' },
    ]);
  });
});

describe.runIf(canRun)('a pooler that changes the session between statements', () => {
  test.each([
    ['transaction', /^DATABASE_URL: .*session/],
    ['statement', /got: transaction blocks not allowed in statement pooling mode/],
  ])('is refused: pool_mode = %s', async (mode, reason) => {
    const bouncer = await startPgBouncer(urlOf(database), [`pool_mode = ${mode}`]);
    try {
      const opening = openDatabase({ kind: 'postgres', url: bouncer.urlOf(urlOf(database)) });
      await expect(opening).rejects.toBeInstanceOf(ConfigurationError);
      await expect(opening).rejects.toThrow(reason);
    } finally {
      await bouncer.close();
    }
  });
});
