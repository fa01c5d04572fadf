import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type OpenRedis, openRedis } from '../../../src/claims/redis/openRedis.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../support/redisServer.ts';
import { user } from '../recordingSource.ts';
import { createNode, createTruth } from './nodes.ts';

/** What docs/scaling.md says that a user of Redis needs. */
const rights = [
  '-@all +eval +evalsha +publish +subscribe +ping +time +get +set +del +client|setname',
  'resetkeys ~claimgraph:claims:*',
  'resetchannels &claimgraph:claims:changes:*',
];

describe.runIf(hasRedisServer)('a Redis user with the rights that are needed, and no others,', () => {
  let server: RedisServer;
  const opened: OpenRedis[] = [];
  const printed: unknown[] = [];
  beforeAll(async () => {
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...said) => void printed.push(said));
    }
    server = await startRedisServer();
    const admin = new Redis(server.url);
    await admin.call('ACL', 'SETUSER', 'api', 'reset', 'on', '>secret', ...rights.join(' ').split(' '));
    await admin.call('ACL', 'LOG', 'RESET');
    admin.disconnect();
  });
  afterAll(async () => {
    for (const { close } of opened) close();
    await server.close();
    vi.restoreAllMocks();
  });

  const open = async (url: string) => {
    const troubles: string[] = [];
    const redis = openRedis(url, (reason) => troubles.push(reason));
    opened.push(redis);
    for (const connection of [redis.redis, redis.subscriber]) {
      if (connection.status !== 'ready') await once(connection, 'ready');
    }
    return { ...redis, troubles };
  };
  const asUser = () => Object.assign(new URL(server.url), { username: 'api', password: 'secret' }).href;

  test('shares claims, leases and changes, and nothing is printed or refused', async () => {
    const truth = createTruth();
    const [one, other] = [await open(asUser()), await open(asUser())];
    const nodeOn = ({ redis, subscriber }: OpenRedis) =>
      createNode({ redis: { client: redis }, truth, sharing: { subscriber } });
    const [first, second] = [nodeOn(one), nodeOn(other)];
    for (const { shared, cache } of [first, second]) shared.follow(cache);
    expect([await first.ask('ann'), await second.ask('ann')]).toEqual([1, 1]);
    expect(second.namesAsked()).toEqual([]);
    const revision = truth.change('ann');
    first.cache.invalidate(user('ann'), revision);
    await expect
      .poll(async () => {
        await first.shared.publish({ revision, subjects: [user('ann')] });
        return second.ask('ann');
      })
      .toBe(2);
    for (const { cache, shared } of [first, second]) {
      cache.close();
      shared.close();
    }
    expect([...one.troubles, ...other.troubles]).toEqual([]);
    expect([...first.events, ...second.events].filter((event) => !/ works /.test(event))).toEqual([]);
    expect(printed).toEqual([]);
    const admin = new Redis(server.url);
    const refused = (await admin.call('ACL', 'LOG')) as readonly unknown[];
    admin.disconnect();
    expect(refused).toEqual([]);
  });

  test.each([
    ['a password where none is needed', () => Object.assign(new URL(server.url), { password: 'x' }).href],
    [
      'a user and a password where none is needed',
      () => Object.assign(new URL(server.url), { username: 'default', password: 'x' }).href,
    ],
  ])('with %s, nothing is printed', async (_, toUrl) => {
    const { redis } = await open(toUrl());
    expect(await redis.ping()).toBe('PONG');
    expect(printed).toEqual([]);
  });
});
