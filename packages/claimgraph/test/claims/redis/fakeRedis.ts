import type { RedisClient } from '../../../src/claims/redis/redisClient.ts';
import { forget, readOrLease, writeAndRelease } from '../../../src/claims/redis/scripts.ts';
import type { RawStore, TestRedis } from './testRedis.ts';

/** Does what the scripts do, at once, by a clock of its own; a test can hold commands back, and make them fail. */
export interface FakeRedis extends TestRedis {
  /** The commands so far, by what they do. */
  readonly commands: readonly string[];
  /** Added to the clock of the test. */
  skewMs: number;
  /** What every command rejects with, or gives in place of what is right; undefined for neither. */
  trouble: { readonly error: Error } | { readonly reply: unknown } | 'silence' | undefined;
  /** Commands of this kind wait, until what it gives is called. */
  holdBack(command: 'read' | 'write' | 'forget'): () => void;
}

interface Entry {
  readonly value: string;
  readonly endsAt: number;
}

const kinds = new Map([
  [readOrLease.sha1, 'read' as const],
  [writeAndRelease.sha1, 'write' as const],
  [forget.sha1, 'forget' as const],
]);

export function createFakeRedis(): FakeRedis {
  const entries = new Map<string, Entry>();
  const commands: string[] = [];
  const gates = new Map<string, Promise<void>>();
  const now = () => Math.floor(Date.now() + fake.skewMs);

  function get(key: string): string | undefined {
    const entry = entries.get(key);
    return entry && entry.endsAt > now() ? entry.value : undefined;
  }

  const set = (key: string, value: string, lifeMs: number) => entries.set(key, { value, endsAt: now() + lifeMs });

  const scripts = {
    read(keys: readonly string[], [token = '', leaseMs = '', ...floors]: readonly string[]): unknown {
      const found = pairsOf(keys).map(([key, lease], index) => {
        const value = get(key);
        if (value !== undefined && revisionOf(value) >= Number(floors[index])) return value;
        if (![undefined, token].includes(get(lease))) return 0;
        set(lease, token, Number(leaseMs));
        return 1;
      });
      return [now(), ...found];
    },
    write(keys: readonly string[], [token, ...given]: readonly string[]): unknown {
      for (const [index, [key, lease]] of pairsOf(keys).entries()) {
        const [value = '', endsAt, unusable] = given.slice(index * 3, index * 3 + 3);
        const current = get(key);
        const isNewer = current !== undefined && current !== unusable && revisionOf(current) > revisionOf(value);
        const left = Math.floor(Number(endsAt) - now());
        if (value !== '' && left > 0 && !isNewer) set(key, value, left);
        if (get(lease) === token) entries.delete(lease);
      }
      return 1;
    },
    forget(keys: readonly string[], floors: readonly string[]): unknown {
      for (const [index, key] of keys.entries()) {
        const floor = floors[index] === '' ? Number.POSITIVE_INFINITY : Number(floors[index]);
        if (revisionOf(get(key) ?? '') < floor) entries.delete(key);
      }
      return 1;
    },
  };

  async function evalsha(sha1: string, keyCount: number, ...given: string[]): Promise<unknown> {
    const kind = kinds.get(sha1);
    if (!kind) throw new Error('ERR a script that nobody knows');
    commands.push(kind);
    await gates.get(kind);
    const { trouble } = fake;
    if (trouble === 'silence') return new Promise(() => {});
    if (trouble && 'error' in trouble) throw trouble.error;
    if (trouble) return trouble.reply;
    return scripts[kind](given.slice(0, keyCount), given.slice(keyCount));
  }

  const client: RedisClient = {
    evalsha,
    eval: () => Promise.reject(new Error('ERR every script is known')),
    publish: () => Promise.resolve(0),
  };
  const raw: RawStore = {
    keys: async () => [...entries.keys()].filter((key) => get(key) !== undefined),
    get: async (key) => get(key),
    set: async (key, value) => void entries.set(key, { value, endsAt: Number.POSITIVE_INFINITY }),
    makeList: async (key) => void entries.delete(key),
  };
  const fake: FakeRedis = {
    client,
    raw,
    commands,
    countCommands: () => commands.splice(0).length,
    skewMs: 0,
    trouble: undefined,
    holdBack(command) {
      let open = () => {};
      gates.set(command, new Promise((resolve) => (open = resolve)));
      return () => {
        gates.delete(command);
        open();
      };
    },
    close: async () => {},
  };
  return fake;
}

function pairsOf(keys: readonly string[]): readonly (readonly [string, string])[] {
  return keys.flatMap((key, index) => (index % 2 === 0 ? [[key, keys[index + 1] ?? ''] as const] : []));
}

function revisionOf(value: string): number {
  return Number(/^(\d+) /.exec(value)?.[1] ?? -1);
}
