import { createHash } from 'node:crypto';
import { type ClaimsCache, createClaimsCache } from '../../../src/claims/claimsCache.ts';
import type { ClaimsCacheOptions } from '../../../src/claims/claimsCacheOptions.ts';
import {
  createSharedClaims,
  type SharedClaims,
  type SharedClaimsOptions,
} from '../../../src/claims/redis/sharedClaims.ts';
import { toSubjectKey } from '../../../src/token/principal.ts';
import { claimsOf, createRecordingSource, type RecordedCall, type TestClaims, user } from '../recordingSource.ts';
import type { TestRedis } from './testRedis.ts';

export const secret = createHash('sha256').update('a secret of the tests').digest();
export const farExp = 4_000_000_000;

/** A store that counts its changes: what is true of each name, and how many changes there were. */
export interface Truth {
  readonly revision: () => number;
  change(name: string): number;
  /** What a source that is asked now answers. */
  answerTo(names: readonly string[]): unknown;
}

/** Names that start with "unknown" have no business record. */
export function createTruth({ counts = true } = {}): Truth {
  const versions = new Map<string, number>();
  let revision = 1;
  return {
    revision: () => revision,
    change(name) {
      versions.set(name, (versions.get(name) ?? 1) + 1);
      revision += 1;
      return revision;
    },
    answerTo(names) {
      const known = names.filter((name) => !name.startsWith('unknown'));
      const claims = new Map(known.map((name) => [toSubjectKey(user(name)), claimsOf(name, versions.get(name))]));
      return counts ? { claims, revision } : claims;
    },
  };
}

/** One process: a cache of its own over the shared tier. */
export interface Node {
  readonly cache: ClaimsCache<TestClaims>;
  readonly shared: SharedClaims;
  /** The calls of its source that were made. */
  readonly calls: readonly RecordedCall[];
  /** What it was told to log. */
  readonly events: readonly string[];
  /** The version of somebody's claims, or "none". */
  ask(name: string): Promise<number | 'none'>;
  namesAsked(): readonly string[];
}

export interface NodeOptions {
  readonly redis: Pick<TestRedis, 'client'>;
  readonly truth: Truth;
  /** Whether the source answers by itself, with what is true when it is asked. */
  readonly answers?: 'at once' | 'when told';
  /** Told of each call of the source. */
  readonly onCall?: (call: RecordedCall) => void;
  readonly sharing?: Partial<SharedClaimsOptions>;
  readonly caching?: Partial<ClaimsCacheOptions<TestClaims>>;
  /** Of which the cache is; of none unless given. */
  readonly group?: string;
}

export function createNode({ redis, truth, answers = 'at once', onCall, sharing, caching, group }: NodeOptions): Node {
  const events: string[] = [];
  const recording = createRecordingSource((call) => {
    onCall?.(call);
    if (answers === 'at once') call.answer(truth.answerTo(call.names));
  });
  const shared = createSharedClaims(
    {
      redis: redis.client,
      secret,
      readRevision: async () => truth.revision(),
      timeoutMs: 10_000,
      leaseMs: 10_000,
      ...sharing,
    },
    {
      onStateChange: (what, state, reason) => events.push(`${what} ${state} ${reason}`),
      onUnreadable: () => events.push('unreadable'),
      onForeign: () => events.push('foreign'),
    },
  );
  const cache = createClaimsCache<TestClaims>({
    source: recording.source,
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    jitter: 0,
    maxEntries: 10_000,
    maxBatchSize: 1_000,
    batchWindowMs: 0,
    timeoutMs: 60_000,
    tier: shared.tierOf(group),
    ...caching,
  });
  return {
    cache,
    shared,
    calls: recording.calls,
    events,
    async ask(name) {
      const settled = await cache.get(user(name), farExp);
      return settled.state === 'found' ? settled.claims.version : 'none';
    },
    namesAsked: () => recording.calls.flatMap(({ names }) => names),
  };
}
