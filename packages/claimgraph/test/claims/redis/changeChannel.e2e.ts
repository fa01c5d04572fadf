import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ChangeChannel, createChangeChannel } from '../../../src/claims/redis/changeChannel.ts';
import { createClaimsCipher } from '../../../src/claims/redis/claimsCipher.ts';
import { type OpenRedis, openRedis } from '../../../src/claims/redis/openRedis.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../support/redisServer.ts';
import { until } from '../../support/until.ts';
import { user } from '../recordingSource.ts';
import { createNode, createTruth, secret } from './nodes.ts';

const ann = toSubjectKey(user('ann'));
const channelName = 'claimgraph:claims:changes:{test}';

describe.runIf(hasRedisServer)('changes through a Redis server', () => {
  let server: RedisServer;
  let closing: (() => void)[];
  let channels: ChangeChannel[];
  beforeEach(async () => {
    server = await startRedisServer();
    closing = [];
    channels = [];
  });
  afterEach(async () => {
    for (const channel of channels) channel.close();
    for (const close of closing) close();
    server.resume();
    await server.close();
  });

  function open(): OpenRedis {
    const connections = openRedis(server.url, () => {});
    closing.push(connections.close);
    return connections;
  }

  /** A process that listens, and what it heard: `next` waits for one. */
  async function listen({ heartbeatMs = 60_000, connections = open() } = {}) {
    const heard: string[] = [];
    let wake = () => {};
    const note = (event: string) => {
      heard.push(event);
      wake();
    };
    const channel = createChangeChannel({
      ...connections,
      seal: createClaimsCipher(secret, 'test'),
      namespace: 'test',
      timeoutMs: 1_000,
      heartbeatMs,
      onListening: () => note('listening'),
      onChange: ({ revision, subjects }) => note(`${revision} ${subjects === 'all' ? subjects : subjects.join(', ')}`),
      onUnreadable: () => note('unreadable'),
      onForeign: () => note('foreign'),
      onBroken: (reason) => note(`broken ${reason}`),
    });
    channels.push(channel);
    async function next(): Promise<string | undefined> {
      if (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return heard.shift();
    }
    expect(await next()).toBe('listening');
    // The other connection, over which is told.
    await server.connected(connections.redis);
    return { channel, next, connections };
  }

  test('are heard by every process, and the one that tells them', async () => {
    const [one, other] = [await listen(), await listen()];
    expect(await one.channel.publish({ revision: 7, subjects: [ann] })).toBe(true);
    expect(await one.channel.publish({ subjects: 'all' })).toBe(true);
    for (const { next } of [one, other]) {
      expect([await next(), await next()]).toEqual([`7 ${ann}`, 'undefined all']);
    }
  });

  test('of very many subjects are about everybody', async () => {
    const { channel, next } = await listen();
    await channel.publish({ revision: 7, subjects: Array.from({ length: 1_001 }, () => ann) });
    expect(await next()).toBe('7 all');
  });

  test('tell nobody else who has changed, and count only when they are made with the secret', async () => {
    const { channel, next } = await listen();
    const spy = open();
    await server.connected(spy.subscriber);
    await spy.subscriber.subscribe(channelName);
    const message = new Promise<string>((resolve) => spy.subscriber.once('message', (_channel, text) => resolve(text)));
    await channel.publish({ revision: 7, subjects: [ann] });
    expect(Buffer.from(await message, 'base64').toString('latin1')).not.toContain('ann');
    expect(await next()).toBe(`7 ${ann}`);

    const forged = JSON.stringify({ revision: 8, subjects: 'all' });
    await spy.redis.publish(channelName, forged);
    await spy.redis.publish(
      channelName,
      createClaimsCipher(randomBytes(32), 'test').encrypt(channelName, Buffer.from(forged)),
    );
    expect([await next(), await next()]).toEqual(['foreign', 'foreign']);
  });

  test.each(['no JSON', 'null', '{"subjects":["a",7]}', '{"revision":-1,"subjects":"all"}', '{"revision":1}'])(
    'that are made with the secret and say nothing known are told as such: %s',
    async (content) => {
      const { next, connections } = await listen();
      await connections.redis.publish(
        channelName,
        createClaimsCipher(secret, 'test').encrypt(channelName, Buffer.from(content)),
      );
      expect(await next()).toBe('unreadable');
    },
  );

  test('may be missed while the connection is broken, which is told by listening anew', async () => {
    const { channel, next } = await listen();
    await server.kill();
    expect(await next()).toBe('broken CLOSED');
    expect(await channel.publish({ subjects: [ann] })).toBe(false);
    await server.restart();
    let event = await next();
    while (event !== 'listening') event = await next();
    await until(() => channel.publish({ subjects: [ann] }));
    expect(await next()).toBe(`undefined ${ann}`);
  });

  test('are listened for anew on a connection that answers no more', async () => {
    const { next } = await listen({ heartbeatMs: 20 });
    server.pause();
    expect(await next()).toBe('broken TIMEOUT');
    server.resume();
    let event = await next();
    while (event !== 'listening') event = await next();
  });

  test('are heard on a connection that is there already, and no more once it is closed', async () => {
    const connections = open();
    await server.connected(connections.subscriber);
    const first = await listen({ connections });
    const second = await listen({ connections });
    first.channel.close();
    await second.channel.publish({ revision: 7, subjects: [ann] });
    expect(await second.next()).toBe(`7 ${ann}`);
    expect(connections.subscriber.listenerCount('message')).toBe(1);
  });

  test('reach the caches: everybody’s answers are read anew by the process that did not make the change', async () => {
    const truth = createTruth();
    const [one, other] = [open(), open()].map((connections) => {
      const { redis: client, subscriber } = connections;
      return createNode({ redis: { client }, truth, sharing: { subscriber } });
    });
    if (!one || !other) throw new Error('expected two processes');
    for (const node of [one, other]) {
      node.shared.follow(node.cache);
      closing.push(node.shared.close);
      await until(() => node.events.includes('listening works undefined'));
    }
    expect([await one.ask('ann'), await other.ask('ann')]).toEqual([1, 1]);
    const revision = truth.change('ann');
    one.cache.invalidate(user('ann'), revision);
    await one.shared.publish({ revision, subjects: [user('ann')] });
    await until(async () => (await other.ask('ann')) === 2);
    expect(await one.ask('ann')).toBe(2);
    expect(other.shared.counts().changesReceived).toBe(1);

    const spy = new Redis(server.url);
    closing.push(() => spy.disconnect());
    for (const message of ['forged', 'forged again']) await spy.publish('claimgraph:claims:changes:{default}', message);
    await until(() => other.shared.counts().changesForeign === 2);
    expect(other.events.filter((event) => event === 'foreign')).toHaveLength(1);
    expect(other.cache.peek(user('ann'))).toBeDefined();
  });
});
