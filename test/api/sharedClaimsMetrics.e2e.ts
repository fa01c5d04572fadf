import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenRedis, openRedis } from '../../packages/claimgraph/src/claims/redis/openRedis.ts';
import { createPrometheusMetrics } from '../../packages/claimgraph/src/metrics/prometheusMetrics.ts';
import { testIssuer } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import {
  hasRedisServer,
  type RedisServer,
  startRedisServer,
} from '../../packages/claimgraph/test/support/redisServer.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { type Api, startApi } from '../support/api.ts';

describe.runIf(hasRedisServer)('the metrics of a server that shares claims', () => {
  const metrics = createPrometheusMetrics();
  let redis: RedisServer;
  let connection: OpenRedis;
  let api: Api;
  beforeAll(async () => {
    redis = await startRedisServer();
    connection = openRedis(redis.url, () => {});
    const { subscriber } = connection;
    const sharedClaims = { redis: connection.redis, subscriber, secret: randomBytes(32), timeoutMs: 5_000 };
    api = await startApi({}, { metrics, sharedClaims });
  });
  afterAll(async () => {
    await api.close();
    connection.close();
    await redis.close();
  });

  /** The samples of all metrics about shared claims. */
  async function samples(): Promise<Readonly<Record<string, number>>> {
    const lines = (await metrics.registry.metrics()).split('\n');
    return Object.fromEntries(
      lines.flatMap((line) => {
        const [, sample, value] = /^claimgraph_shared_(?:claims|cache)_(\S+) (\d+)$/.exec(line) ?? [];
        return sample === undefined ? [] : [[sample, Number(value)]];
      }),
    );
  }

  /** Its claims are looked up again, as in a process that has just started. */
  async function askAnew(): Promise<void> {
    api.server.claims.invalidateAll(0);
    const { body } = await api.query('{ viewer { title } }', { as: 'usa-manager' });
    expect(body).toEqual({ data: { viewer: { title: 'Regional Manager' } } });
  }

  test('each has samples before anything has happened', async () => {
    expect(await samples()).toMatchObject({
      'lookups_total{outcome="hit"}': 0,
      'lookups_total{outcome="miss"}': 0,
      'bypass_total{reason="redis_error"}': 0,
    });
  });

  test('what Redis answered, what the source was asked and why are counted', async () => {
    await until(async () => {
      await askAnew();
      return (await samples())['lookups_total{outcome="hit"}'] === 1;
    });
    await api.server.publishClaimsChange({
      subjects: [{ kind: 'user', issuer: testIssuer, subject: 'somebody-else' }],
    });
    await until(() => (api.server.sharedClaimsCounts?.().changesReceived ?? 0) > 0);
    await redis.kill();
    await until(async () => {
      await askAnew();
      return (await samples())['bypass_total{reason="redis_error"}'] === 1;
    });
    const counts = api.server.sharedClaimsCounts?.();
    expect(await samples()).toEqual({
      'lookups_total{outcome="hit"}': 1,
      'lookups_total{outcome="miss"}': counts?.misses,
      'bypass_total{reason="redis_error"}': 1,
      'bypass_total{reason="lock_timeout"}': 0,
      'bypass_total{reason="invalidated"}': counts?.invalidated,
      'bypass_total{reason="unreadable"}': 0,
      'changes_total{outcome="received"}': counts?.changesReceived,
      'changes_total{outcome="unpublished"}': 0,
      'changes_total{outcome="unreadable"}': 0,
      'changes_total{outcome="foreign"}': 0,
    });
    expect(counts).toMatchObject({ hits: 1, redisErrors: 1, changesReceived: 1 });
  });

  test('what only a faulty or foreign writer to Redis brings about is counted', async () => {
    const { onSharedClaims } = metrics.observers;
    for (const what of ['unreadable', 'lockTimeouts'] as const) onSharedClaims(what, 2);
    for (const what of ['changesForeign', 'changesUnreadable', 'changesUnpublished'] as const) onSharedClaims(what, 3);
    expect(await samples()).toMatchObject({
      'bypass_total{reason="unreadable"}': 2,
      'bypass_total{reason="lock_timeout"}': 2,
      'changes_total{outcome="foreign"}': 3,
      'changes_total{outcome="unreadable"}': 3,
      'changes_total{outcome="unpublished"}': 3,
    });
  });
});
