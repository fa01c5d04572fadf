import { inspect } from 'node:util';
import { aFunction, anyNumber, type OptionKinds, parseOptions, required, withMethods } from '../options.ts';
import type { ClaimsSource } from './claimsSource.ts';
import type { TimestampedSource } from './timestampedSource.ts';

/** How a claims cache behaves. Whatever is unusable is a RangeError at creation. */
export interface ClaimsCacheOptions<C> {
  readonly source: ClaimsSource<C>;
  /** The longest life of an answer, counted from the moment before the source was asked. */
  readonly ttlSeconds: number;
  /** The same for "no business record", which somebody may be creating just now. 0 remembers none. */
  readonly negativeTtlSeconds: number;
  /**
   * How much longer than `ttlSeconds` claims are given, marked as stale, while the source fails; never "no business
   * record", and nothing from before an invalidation. 0, which is never, unless given; at most 86400.
   */
  readonly staleIfErrorSeconds?: number;
  /** Each life is shortened by a random part of at most this fraction, so that answers do not expire together. Default 0.1. */
  readonly jitter?: number;
  /** How many answers are remembered; besides these, a tenth as many "no business record". */
  readonly maxEntries: number;
  /** How long a question waits for others to share its call with. Default 5. */
  readonly batchWindowMs?: number;
  readonly maxBatchSize: number;
  /** How many calls of the source may be under way at once. Default 4. */
  readonly maxConcurrentBatches?: number;
  /** How long a question may take, from being asked to its answer. */
  readonly timeoutMs: number;
  /** Milliseconds since the epoch, like `Date.now`. */
  readonly now?: () => number;
  /** Milliseconds of a clock that is never set, like `performance.now`: no answer lives longer than its TTL by it either. */
  readonly steadyNow?: () => number;
  /** A number from 0 to below 1, like `Math.random`. */
  readonly random?: () => number;
  /** What stands between the cache and its source, made once for these bounds; nothing unless given. */
  readonly tier?: (source: TimestampedSource<C>, bounds: ClaimsBounds) => TimestampedSource<C>;
}

/** How long an answer may live and be waited for: see ClaimsCacheOptions. */
export interface ClaimsBounds {
  readonly ttlSeconds: number;
  readonly negativeTtlSeconds: number;
  readonly jitter: number;
  readonly timeoutMs: number;
  readonly now: () => number;
}

// Numbers are held to their bounds below.
export const claimsCacheKinds: OptionKinds<ClaimsCacheOptions<never>> = {
  source: required(withMethods('fetchClaims')),
  ttlSeconds: required(anyNumber),
  negativeTtlSeconds: required(anyNumber),
  staleIfErrorSeconds: anyNumber,
  jitter: anyNumber,
  maxEntries: required(anyNumber),
  batchWindowMs: anyNumber,
  maxBatchSize: required(anyNumber),
  maxConcurrentBatches: anyNumber,
  timeoutMs: required(anyNumber),
  now: aFunction,
  steadyNow: aFunction,
  random: aFunction,
  tier: aFunction,
};

/** Fills in the defaults and refuses what cannot work. */
export function parseClaimsCacheOptions<C>(options: ClaimsCacheOptions<C>): Required<ClaimsCacheOptions<C>> {
  const complete = {
    staleIfErrorSeconds: 0,
    jitter: 0.1,
    batchWindowMs: 5,
    maxConcurrentBatches: 4,
    now: Date.now,
    steadyNow: () => performance.now(),
    random: Math.random,
    tier: (source: TimestampedSource<C>) => source,
    ...parseOptions('claims cache', options, claimsCacheKinds),
  };
  requireNumber('ttlSeconds', complete.ttlSeconds, 0, Number.MAX_SAFE_INTEGER);
  requireNumber('negativeTtlSeconds', complete.negativeTtlSeconds, 0, Number.MAX_SAFE_INTEGER);
  requireNumber('staleIfErrorSeconds', complete.staleIfErrorSeconds, 0, 86_400);
  requireNumber('jitter', complete.jitter, 0, 1);
  requireNumber('batchWindowMs', complete.batchWindowMs, 0, longestTimerMs);
  requireNumber('timeoutMs', complete.timeoutMs, 1, longestTimerMs);
  requireWhole('maxEntries', complete.maxEntries);
  requireWhole('maxBatchSize', complete.maxBatchSize);
  requireWhole('maxConcurrentBatches', complete.maxConcurrentBatches);
  return complete;
}

// Node fires a timer with a longer delay at once.
const longestTimerMs = 2 ** 31 - 1;

function requireNumber(name: string, value: number, min: number, max: number): void {
  if (value >= min && value <= max) return;
  throw new RangeError(`claims cache: "${name}" must be a number from ${min} to ${max}; got ${inspect(value)}`);
}

function requireWhole(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`claims cache: "${name}" must be a whole number of at least 1; got ${inspect(value)}`);
}
