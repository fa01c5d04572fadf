import { within } from '../../waiting.ts';
import { type Breaker, type BreakerState, createBreaker } from '../breaker.ts';
import { formatVersion } from './claimsCipher.ts';
import type { RedisClient } from './redisClient.ts';
import { forget, readOrLease, type Script, writeAndRelease } from './scripts.ts';
import { toReason } from './toReason.ts';

/** What processes share, as Redis keeps it. No method rejects: without Redis there is nothing to find and to leave. */
export interface SharedStore {
  /** What is there of each name; undefined when Redis cannot tell. One round trip. */
  read(questions: readonly StoreQuestion[], token: string): Promise<Reading | undefined>;
  /** Leaves values and gives the leases of the token back. One round trip. */
  write(values: readonly StoredValue[], token: string): Promise<void>;
  /** Removes what is older than a change, one round trip for all that are told together. */
  forget(name: string, revision: number | undefined): void;
  close(): void;
}

export interface StoreQuestion {
  readonly name: string;
  /** Values of older revisions count as absent. */
  readonly leastRevision: number;
}

export interface Reading {
  /** Redis' own time, and the time here when its answer came; milliseconds. */
  readonly storeTime: number;
  readonly receivedAt: number;
  /** In the order of the questions: a value, that the caller is to ask the source, or that somebody else does. */
  readonly found: readonly (string | 'ask' | 'wait')[];
}

export interface StoredValue {
  readonly name: string;
  /** Empty to leave none. */
  readonly value: string;
  /** When it ends, in Redis' own time. */
  readonly endsAt: number;
  /** An unusable value that was found there and is replaced whatever it says; empty for none. */
  readonly unusable: string;
}

export interface SharedStoreOptions {
  readonly redis: RedisClient;
  readonly namespace: string;
  readonly timeoutMs: number;
  readonly leaseMs: number;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly onStateChange: (what: 'reading' | 'writing', state: BreakerState, reason: string | undefined) => void;
}

const failures = 3;
const cooldownMs = 1_000;

/** Values in Redis, by Lua scripts; after three failures in a row it is left alone for a second. */
export function createSharedStore(options: SharedStoreOptions): SharedStore {
  const { redis, timeoutMs, leaseMs, now } = options;
  // The braces keep all keys of a cluster in one slot, so that one script may touch them.
  const prefix = `claimgraph:claims:${formatVersion}:{${options.namespace}}:`;
  const reading = createCaller('reading');
  const writing = createCaller('writing');
  let outdated = new Map<string, number | undefined>();
  let closed = false;

  async function read(questions: readonly StoreQuestion[], token: string): Promise<Reading | undefined> {
    const keys = questions.flatMap(({ name }) => keysOf(name));
    const floors = questions.map(({ leastRevision }) => String(Math.min(leastRevision, Number.MAX_SAFE_INTEGER)));
    return reading(readOrLease, keys, [token, String(leaseMs), ...floors], (reply) =>
      parseReading(reply, questions.length, now()),
    );
  }

  async function write(values: readonly StoredValue[], token: string): Promise<void> {
    const keys = values.flatMap(({ name }) => keysOf(name));
    const given = values.flatMap(({ value, endsAt, unusable }) => [value, String(endsAt), unusable]);
    await writing(writeAndRelease, keys, [token, ...given], () => true);
  }

  function forgetSoon(name: string, revision: number | undefined): void {
    if (outdated.size === 0) queueMicrotask(forgetNow);
    // The newest change counts, and one of no number most.
    const before = outdated.get(name);
    const isFirst = !outdated.has(name);
    const both = before === undefined || revision === undefined ? undefined : Math.max(before, revision);
    outdated.set(name, isFirst ? revision : both);
  }

  function forgetNow(): void {
    const names = [...outdated.keys()];
    const revisions = [...outdated.values()].map((revision) => String(revision ?? ''));
    outdated = new Map();
    void writing(
      forget,
      names.map((name) => prefix + name),
      revisions,
      () => true,
    );
  }

  function keysOf(name: string): readonly [string, string] {
    return [prefix + name, `${prefix}${name}:lease`];
  }

  /** Runs scripts through a breaker; undefined for whatever goes wrong. */
  function createCaller(what: 'reading' | 'writing') {
    let reason: string | undefined;
    const breaker: Breaker = createBreaker({
      failures,
      cooldownMs,
      now,
      onStateChange: (state) => options.onStateChange(what, state, reason),
    });
    return async <Result>(
      script: Script,
      keys: readonly string[],
      given: readonly string[],
      parse: (reply: unknown) => Result,
    ): Promise<Result | undefined> => {
      if (closed) return undefined;
      try {
        return await breaker.run(async () => {
          try {
            return parse(await withTimeout(run(redis, script, keys, given), timeoutMs));
          } catch (error) {
            reason = toReason(error);
            throw error;
          }
        });
      } catch {
        return undefined;
      }
    };
  }

  return {
    read,
    write,
    forget: forgetSoon,
    close() {
      closed = true;
    },
  };
}

/** By its hash, and once by its text where Redis does not know it: after a restart it has forgotten all of them. */
async function run(
  redis: RedisClient,
  { sha1, text }: Script,
  keys: readonly string[],
  given: readonly string[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha1, keys.length, ...keys, ...given);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.eval(text, keys.length, ...keys, ...given);
  }
}

function parseReading(reply: unknown, count: number, receivedAt: number): Reading {
  if (!Array.isArray(reply) || reply.length !== count + 1)
    throw new TypeError('UNREADABLE: not the reply of the script');
  const [storeTime, ...entries]: readonly unknown[] = reply;
  if (typeof storeTime !== 'number' || !Number.isSafeInteger(storeTime)) throw new TypeError('UNREADABLE: no time');
  const found = entries.map((entry) => {
    if (typeof entry === 'string') return entry;
    return entry === 0 ? 'wait' : 'ask';
  });
  return { storeTime, receivedAt, found };
}

/** Whatever a command still gives after its time is dropped. */
export function withTimeout<Result>(call: Promise<Result>, timeoutMs: number): Promise<Result> {
  return within(timeoutMs, call, () => new Error(`TIMEOUT after ${timeoutMs} ms`));
}
