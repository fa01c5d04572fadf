import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenRedis, openRedis } from '../../packages/claimgraph/src/claims/redis/openRedis.ts';
import { issueTokenOf } from '../../packages/claimgraph/src/testing/persona.ts';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import {
  hasRedisServer,
  type RedisServer,
  startRedisServer,
} from '../../packages/claimgraph/test/support/redisServer.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { type Api, startApi } from '../support/api.ts';
import { demoPersonas } from '../support/personas.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

describe.runIf(hasRedisServer)('two servers on one database and one Redis', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let connections: OpenRedis[];
  let apis: Api[];
  beforeAll(async () => {
    redis = await startRedisServer();
    database = await openTestDatabase({ issuer: testIssuer });
    connections = [openRedis(redis.url, () => {}), openRedis(redis.url, () => {})];
    const secret = randomBytes(32);
    // As long as an answer may live: what is seen earlier was announced.
    const claims = {
      ttlSeconds: 3_600,
      negativeTtlSeconds: 3_600,
      staleIfErrorSeconds: 0,
      maxEntries: 1_000,
      timeoutMs: 60_000,
    };
    apis = await Promise.all(
      connections.map(({ redis: client, subscriber }) =>
        startApi({ claims }, { database, sharedClaims: { redis: client, subscriber, secret, timeoutMs: 10_000 } }),
      ),
    );
  });
  afterAll(async () => {
    for (const api of apis) await api.close();
    for (const { close } of connections) close();
    await redis.close();
  });

  let people = 0;
  /** Somebody with a business record whom no server has seen. */
  async function hire(): Promise<string> {
    people += 1;
    const who = { kind: 'user' as const, issuer: testIssuer, subject: `person-${people}` };
    const record = { ...who, role: 'auditor', title: 'Trainee', regions: [] };
    await database.db.insertInto('access_records').values(record).execute();
    return who.subject;
  }

  async function titleOn(api: Api | undefined, subject: string): Promise<unknown> {
    const { clientId, scopes } = demoPersonas.auditor;
    const token = await issueTokenOf(subject, { kind: 'user', subject, clientId, scopes });
    const response = await fetch(`${api?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ viewer { title } }' }),
    });
    return response.json();
  }

  const titled = (title: string) => ({ data: { viewer: { title } } });

  /** Asks until the answer is another one; the answer after a change is the changed one, or the test times out. */
  async function untilTitled(api: Api | undefined, subject: string, title: string): Promise<void> {
    await until(async () => isDeepStrictEqual(await titleOn(api, subject), titled(title)));
  }

  /** Asks both about somebody new, until the second needs no statement for it: what was missed at start is known then. */
  async function askUntilShared(): Promise<void> {
    while (true) {
      const subject = await hire();
      expect(await titleOn(apis[0], subject)).toEqual(titled('Trainee'));
      database.takeStatements();
      expect(await titleOn(apis[1], subject)).toEqual(titled('Trainee'));
      if (!database.takeStatements().some((statement) => statement.includes('"access_records"'))) return;
    }
  }

  test('the second answers a cold caller without a statement', askUntilShared);

  test('a change by another program reaches both', async () => {
    const subject = await hire();
    for (const api of apis) await untilTitled(api, subject, 'Trainee');
    await database.db.updateTable('access_records').set({ title: 'Director' }).where('subject', '=', subject).execute();
    for (const api of apis) await untilTitled(api, subject, 'Director');
  });

  test('a change that one publishes reaches both, also where the database announces nothing', async () => {
    const subject = await hire();
    for (const api of apis) await untilTitled(api, subject, 'Trainee');
    await database.db.transaction().execute(async (transaction) => {
      await sql`alter table access_records disable trigger user`.execute(transaction);
      await transaction
        .updateTable('access_records')
        .set({ title: 'Partner' })
        .where('subject', '=', subject)
        .execute();
      await sql`alter table access_records enable trigger user`.execute(transaction);
    });
    await apis[0]?.server.publishClaimsChange({ subjects: [{ kind: 'user', issuer: testIssuer, subject }] });
    expect(await titleOn(apis[0], subject)).toEqual(titled('Partner'));
    await untilTitled(apis[1], subject, 'Partner');
  });

  test('without Redis both answer, and say once that they do without', async () => {
    for (const api of apis) api.takeLog();
    await redis.kill();
    const warnings: string[][] = [[], []];
    for (let count = 0; count < 10; count += 1) {
      const subject = await hire();
      for (const [index, api] of apis.entries()) {
        expect(await titleOn(api, subject)).toEqual(titled('Trainee'));
        const lines = api.takeLog().filter(({ level }) => level === 40);
        warnings[index]?.push(...lines.map(({ what, reason }) => `${what} ${reason}`));
      }
    }
    for (const said of warnings) {
      expect(said).toContain('reading UNSENT');
      expect(new Set(said).size).toBe(said.length);
    }
    await redis.restart();
    await askUntilShared();
  });
});
