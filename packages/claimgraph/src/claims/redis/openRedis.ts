import { Redis, type RedisOptions } from 'ioredis';
import { equalJitterMs } from '../../waiting.ts';
import { toReason } from './toReason.ts';

/** Two connections to a Redis or Valkey server: one for commands, and one that hears what is published. */
export interface OpenRedis {
  readonly redis: Redis;
  readonly subscriber: Redis;
  close(): void;
}

const connectTimeoutMs = 5_000;

const noDatabase = 'no database of this number';

/** How long a connection may be silent, with a command under way, before another one is made. */
const silenceMs = 2_000;

/**
 * Begins to connect and returns at once: what uses it has to do without until it is there. A connection that breaks is
 * made again, after 50 ms at first, then after twice as long each time, up to 2 s, each shortened at random by up to a
 * half. A command waits for no connection, and none is sent twice. `onTrouble` is told why there is no connection, once
 * until there is one again or the reason is another.
 */
export function openRedis(url: string, onTrouble: (reason: string) => void): OpenRedis {
  let told: string | undefined;
  function tell(reason: string): void {
    if (reason !== told) onTrouble(reason);
    told = reason;
  }
  const options = {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs,
    // It asks INFO, which a user with few rights may not, and prints that it may not. A server that is still loading refuses
    // the commands instead, which counts as every other outage.
    enableReadyCheck: false,
    disableClientInfo: true,
    retryStrategy: (attempt: number) => equalJitterMs(attempt),
  } satisfies RedisOptions;
  const redis = new Redis(url, { ...options, connectionName: 'claimgraph' });
  const subscriber = new Redis(url, { ...options, connectionName: 'claimgraph:changes' });
  for (const connection of [redis, subscriber]) {
    let lacksDatabase = false;
    connection.on('connect', () => {
      lacksDatabase = false;
    });
    // ioredis would print an error that nobody listens to, with the arguments of its command.
    connection.on('error', (error: unknown) => {
      if (isOfSelect(error)) {
        // ioredis 6.0 would go on with database 0, which may be another application's.
        lacksDatabase = true;
        connection.disconnect(true);
        tell(noDatabase);
      } else if (told !== noDatabase || toReason(error) !== 'UNSENT') {
        // What the disconnecting leads to is no news.
        tell(toReason(error));
      }
    });
    connection.on('ready', () => {
      // Also said, without a ready check, of a connection that is being dropped: nothing can be written on it any more.
      if (!lacksDatabase) told = undefined;
    });
  }
  return {
    redis,
    subscriber,
    close() {
      redis.disconnect();
      subscriber.disconnect();
    },
  };
}

/** Whether it is what the server said to the choice of a database. */
function isOfSelect(error: unknown): boolean {
  const command: unknown = error instanceof Error ? Reflect.get(error, 'command') : undefined;
  return typeof command === 'object' && command !== null && Reflect.get(command, 'name') === 'select';
}
