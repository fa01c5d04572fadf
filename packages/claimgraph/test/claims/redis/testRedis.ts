import { openRedis } from '../../../src/claims/redis/openRedis.ts';
import type { RedisClient } from '../../../src/claims/redis/redisClient.ts';
import { startRedisServer } from '../../support/redisServer.ts';

/** A Redis for tests of what processes share in it. */
export interface TestRedis {
  readonly client: RedisClient;
  /** For whoever may use Redis without the secret. */
  readonly raw: RawStore;
  /** How many commands the client sent since the last call. */
  countCommands(): number;
  close(): Promise<void>;
}

export interface RawStore {
  keys(): Promise<readonly string[]>;
  get(key: string): Promise<string | undefined>;
  /** Without an end. */
  set(key: string, value: string): Promise<void>;
  /** Puts something there that is no text. */
  makeList(key: string): Promise<void>;
}

/** A server of its own. */
export async function openTestRedis(): Promise<TestRedis> {
  const server = await startRedisServer();
  const { redis, subscriber, close } = openRedis(server.url, () => {});
  subscriber.disconnect();
  await server.connected(redis);
  let commands = 0;
  const counted = <Result>(call: Promise<Result>): Promise<Result> => {
    commands += 1;
    return call;
  };
  return {
    client: {
      evalsha: (sha1, count, ...given) => counted(redis.evalsha(sha1, count, ...given)),
      eval: (text, count, ...given) => counted(redis.eval(text, count, ...given)),
      publish: (channel, message) => redis.publish(channel, message),
    },
    raw: {
      keys: () => redis.keys('*'),
      get: async (key) => (await redis.get(key)) ?? undefined,
      set: async (key, value) => void (await redis.set(key, value)),
      makeList: async (key) => void (await redis.multi().del(key).lpush(key, 'x').exec()),
    },
    countCommands() {
      const count = commands;
      commands = 0;
      return count;
    },
    async close() {
      close();
      await server.close();
    },
  };
}
