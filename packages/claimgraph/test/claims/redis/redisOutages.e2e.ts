import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenRedis, openRedis } from '../../../src/claims/redis/openRedis.ts';
import { hasRedisServer, type RedisServer, startRedisServer } from '../../support/redisServer.ts';
import { nextTurn, until } from '../../support/until.ts';
import { createNode, createTruth, type Node, type NodeOptions, type Truth } from './nodes.ts';

describe.runIf(hasRedisServer)('a Redis server', () => {
  let server: RedisServer;
  let truth: Truth;
  let opened: OpenRedis[];
  let reasons: string[];
  beforeEach(async () => {
    server = await startRedisServer();
    truth = createTruth();
    opened = [];
    reasons = [];
  });
  afterEach(async () => {
    for (const { close } of opened) close();
    server.resume();
    await server.close();
  });

  function open(url = server.url): OpenRedis {
    const connections = openRedis(url, (reason) => reasons.push(reason));
    opened.push(connections);
    return connections;
  }

  /** A process with a connection of its own. */
  function startNode(connections = open(), override: Partial<NodeOptions['sharing']> = {}): Node {
    const sharing = { timeoutMs: 1_000, leaseMs: 200, ...override };
    return createNode({ redis: { client: connections.redis }, truth, sharing });
  }

  async function startConnected(override?: Partial<NodeOptions['sharing']>): Promise<Node> {
    const connections = open();
    await server.connected(connections.redis);
    return startNode(connections, override);
  }

  let asked = 0;
  /** Asks about somebody new, whom no process remembers; the answer is always right. In between, sockets get on. */
  async function askNew(node: Node): Promise<string> {
    await nextTurn();
    asked += 1;
    const name = `user-${asked}`;
    expect(await node.ask(name)).toBe(1);
    return name;
  }

  /** Asks until the process has noticed. */
  async function askUntil(node: Node, event: RegExp): Promise<void> {
    while (!node.events.some((seen) => event.test(seen))) await askNew(node);
  }

  /** Asks one and then the other, until the other finds what the one has left. */
  async function askUntilShared(one: Node, other: Node): Promise<void> {
    const { hits } = other.shared.counts();
    while (other.shared.counts().hits === hits) {
      const name = await askNew(one);
      expect(await other.ask(name)).toBe(1);
    }
  }

  test('that is not there at start is done without, until it is', async () => {
    await server.kill();
    const [one, other] = [startNode(), startNode()];
    for (const node of [one, other]) await askUntil(node, /^reading fails UNSENT$/);
    expect(one.events).toEqual(['reading fails UNSENT']);
    expect(reasons).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    await server.restart();
    await askUntilShared(one, other);
    expect(one.events).toEqual(['reading fails UNSENT', 'reading works undefined']);
  });

  test('that dies is done without, and used again when it is back and knows no script', async () => {
    const [one, other] = [await startConnected(), await startConnected()];
    await askUntilShared(one, other);
    await server.kill();
    for (const node of [one, other]) await askUntil(node, /^reading fails/);
    await server.restart();
    await askUntilShared(one, other);
    for (const { events } of [one, other])
      expect(events.filter((event) => event.startsWith('reading'))).toHaveLength(2);
  });

  test('that answers nobody is waited for three times', async () => {
    const node = await startConnected({ timeoutMs: 100 });
    await askNew(node);
    // Nothing is under way any more that would be waited for, too.
    await nextTurn();
    await opened[0]?.redis.ping();
    server.pause();
    await askUntil(node, /^reading fails TIMEOUT$/);
    expect(node.shared.counts()).toMatchObject({ misses: 4, redisErrors: 3 });
    server.resume();
    await askUntil(node, /^reading works undefined$/);
  });

  test('that is full still gives what it has', async () => {
    const [one, other] = [await startConnected(), await startConnected()];
    const names = [await askNew(one), await askNew(one)];
    await askUntilShared(one, other);
    await opened[0]?.redis.config('SET', 'maxmemory', '1');
    await askUntil(one, /^writing fails OOM$/);
    const { hits } = other.shared.counts();
    for (const name of names) expect(await other.ask(name)).toBe(1);
    expect(other.shared.counts().hits).toBe(hits + 2);
    expect(one.events).toEqual(['writing fails OOM']);
  });

  test('that may only be read still gives what it has', async () => {
    const [one, other] = [await startConnected(), await startConnected()];
    const names = [await askNew(one), await askNew(one)];
    await askUntilShared(one, other);
    await opened[0]?.redis.replicaof('127.0.0.1', '1');
    await askUntil(one, /^writing fails READONLY$/);
    const { hits } = other.shared.counts();
    for (const name of names) expect(await other.ask(name)).toBe(1);
    expect(other.shared.counts().hits).toBe(hits + 2);
  });

  test('that has no database of the number asked for is done without: none other is taken', async () => {
    const node = startNode(open(`${server.url}/99`));
    await askUntil(node, /^reading fails/);
    await until(async () => {
      await askNew(node);
      return reasons.length > 0;
    });
    expect(reasons).toEqual(['no database of this number']);
    const admin = open();
    await server.connected(admin.redis);
    expect(await admin.redis.dbsize()).toBe(0);
    const { hits, misses, redisErrors } = node.shared.counts();
    expect({ hits, redisErrors }).toEqual({ hits: 0, redisErrors: misses });
  });

  test('that does not know us is done without, and no password is told', async () => {
    const admin = open();
    await server.connected(admin.redis);
    await admin.redis.config('SET', 'requirepass', 'right-password');
    const node = startNode(open(server.url.replace('://', '://default:wrong-password@')));
    await askUntil(node, /^reading fails/);
    while (reasons.length === 0) await askNew(node);
    expect(reasons).toEqual(['WRONGPASS']);
    expect(node.events).toHaveLength(1);
  });
});
