import { inspect } from 'node:util';
import {
  aFunction,
  anObject,
  anyNumber,
  aText,
  type OptionKind,
  type OptionKinds,
  parseOptions,
  required,
} from '../../options.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../../token/principal.ts';
import type { BreakerState } from '../breaker.ts';
import type { ClaimsCache } from '../claimsCache.ts';
import type { ClaimsBounds } from '../claimsCacheOptions.ts';
import type { TimestampedSource } from '../timestampedSource.ts';
import { type ChangeChannel, createChangeChannel } from './changeChannel.ts';
import { createClaimsCipher } from './claimsCipher.ts';
import { createMinimumRevisions } from './minimumRevisions.ts';
import { type SharedClaimsCounts, shareClaims } from './redisClaimsTier.ts';
import type { RedisClient, RedisSubscriber } from './redisClient.ts';
import { createSharedStore } from './redisStore.ts';

/** How processes share claims through a Redis or Valkey server. Whatever is unusable is a RangeError at creation. */
export interface SharedClaimsOptions {
  readonly redis: RedisClient;
  /** Hears the changes that other processes make through the API; without it, those of the store's own announcements. */
  readonly subscriber?: RedisSubscriber;
  /** At least 32 random bytes, the same in every process: under it claims are encrypted and changes authenticated. */
  readonly secret: Uint8Array;
  /** Apart from the secret, what keeps several stores in one Redis apart: letters, digits, `_`, `.`, `-`. Default `default`. */
  readonly namespace?: string;
  /** The number of the last change in the store of the claims of no group, read anew; for when changes may have been missed. */
  readonly readRevision?: () => Promise<number | undefined>;
  /** How long a command may take; a quarter of the claims cache's `timeoutMs` at most. Default 100. */
  readonly timeoutMs?: number;
  /** How long others wait for a process that asks the source; a quarter of `timeoutMs` of the cache at most. Default 200. */
  readonly leaseMs?: number;
  /** By how much the clocks of the processes may differ. Default five minutes. */
  readonly clockSkewMs?: number;
}

export interface SharedClaims {
  /** For `ClaimsCacheOptions.tier` of the cache of this group; each group has its own names and keys. */
  tierOf(group?: string): <C>(source: TimestampedSource<C>, bounds: ClaimsBounds) => TimestampedSource<C>;
  /** Keeps the cache in step with what other processes publish. */
  follow(cache: Pick<ClaimsCache<unknown>, 'invalidate' | 'invalidateAll'>): void;
  /** Tells the other processes of a change; never rejects. */
  publish(change: PublishedChange): Promise<void>;
  counts(): SharedClaimsCounts & ChangeCounts;
  close(): void;
}

/** What is counted: see SharedClaimsCounts and ChangeCounts. */
export type SharedClaimsCount = keyof SharedClaimsCounts | keyof ChangeCounts;

export interface PublishedChange {
  readonly revision?: number | undefined;
  readonly subjects: readonly Subject[] | 'all';
}

/** Messages about changes, since the start. */
export interface ChangeCounts {
  readonly changesReceived: number;
  /** Sealed with the secret and not understood: everything was forgotten. */
  readonly changesUnreadable: number;
  /** Not sealed with the secret: ignored. */
  readonly changesForeign: number;
  /** Not taken by Redis. */
  readonly changesUnpublished: number;
}

/** What the log is told: changes of state only, however often something fails. */
export interface SharedClaimsEvents {
  readonly onStateChange: (
    what: 'reading' | 'writing' | 'listening',
    state: 'works' | 'fails',
    reason: string | undefined,
  ) => void;
  /** The first value that could not be opened; the others are counted. */
  readonly onUnreadable: () => void;
  /** The first message of another secret; the others are counted. */
  readonly onForeign: () => void;
  /** For metrics: `howMany` more. */
  readonly onCount?: ((what: SharedClaimsCount, howMany: number) => void) | undefined;
}

const maxFloors = 10_000;
const heartbeatMs = 5_000;

export function createSharedClaims(given: SharedClaimsOptions, events: SharedClaimsEvents): SharedClaims {
  const options = parseSharedClaimsOptions(given);
  const { redis, secret, namespace, readRevision, clockSkewMs } = options;
  const seal = createClaimsCipher(secret, namespace);
  const now = () => performance.now();
  const counts = {
    hits: 0,
    misses: 0,
    lockTimeouts: 0,
    invalidated: 0,
    redisErrors: 0,
    unreadable: 0,
    changesReceived: 0,
    changesUnreadable: 0,
    changesForeign: 0,
    changesUnpublished: 0,
  };
  const states = new Map<string, 'works' | 'fails'>();
  let channel: ChangeChannel | undefined;

  function count(what: SharedClaimsCount, howMany = 1): void {
    if (howMany === 0) return;
    if (what === 'unreadable' && counts.unreadable === 0) events.onUnreadable();
    if (what === 'changesForeign' && counts.changesForeign === 0) events.onForeign();
    counts[what] += howMany;
    events.onCount?.(what, howMany);
  }

  function note(what: 'reading' | 'writing' | 'listening', state: 'works' | 'fails', reason?: string): void {
    const before = states.get(what) ?? (what === 'listening' ? undefined : 'works');
    states.set(what, state);
    if (state !== before) events.onStateChange(what, state, reason);
  }

  function noteBreaker(what: 'reading' | 'writing', state: BreakerState, reason: string | undefined): void {
    if (state === 'closed') note(what, 'works');
    else if (state === 'open') note(what, 'fails', reason);
  }

  const tierOf: SharedClaims['tierOf'] = (group) => (source, bounds) => {
    // A source that is asked after all still has half of the time.
    const timeoutMs = Math.min(options.timeoutMs, bounds.timeoutMs / 4);
    const waitMs = Math.min(options.leaseMs, bounds.timeoutMs / 4);
    const lifeMs = Math.max(bounds.ttlSeconds, bounds.negativeTtlSeconds) * 1000;
    return shareClaims(source, bounds, {
      store: createSharedStore({
        redis,
        namespace,
        timeoutMs,
        leaseMs: Math.ceil(waitMs),
        now,
        onStateChange: noteBreaker,
      }),
      // No namespace has a space, so that none ends where a group begins.
      seal: group === undefined ? seal : createClaimsCipher(secret, `${namespace} ${group}`),
      floors: createMinimumRevisions({ lifeMs, maxSubjects: maxFloors, now }),
      readRevision: group === undefined ? readRevision : async () => undefined,
      waitMs,
      clockSkewMs,
      now,
      count,
    });
  };

  function follow(cache: Pick<ClaimsCache<unknown>, 'invalidate' | 'invalidateAll'>): void {
    if (!options.subscriber) return;
    channel = createChangeChannel({
      redis,
      subscriber: options.subscriber,
      seal,
      namespace,
      timeoutMs: options.timeoutMs,
      heartbeatMs,
      onListening() {
        note('listening', 'works');
        cache.invalidateAll('missed');
      },
      onChange({ revision, subjects }) {
        count('changesReceived');
        if (subjects === 'all') cache.invalidateAll(revision);
        else for (const key of subjects) cache.invalidate(key, revision);
      },
      onUnreadable() {
        count('changesUnreadable');
        cache.invalidateAll('missed');
      },
      onForeign: () => count('changesForeign'),
      onBroken: (reason) => note('listening', 'fails', reason),
    });
  }

  async function publish({ revision, subjects }: PublishedChange): Promise<void> {
    const keys: readonly SubjectKey[] | 'all' = subjects === 'all' ? 'all' : subjects.map(toSubjectKey);
    const isPublished = await channel?.publish({ revision, subjects: keys });
    if (isPublished === false) count('changesUnpublished');
  }

  return { tierOf, follow, publish, counts: () => ({ ...counts }), close: () => channel?.close() };
}

// Numbers are held to their bounds below.
const sharedClaimsKinds: OptionKinds<SharedClaimsOptions> = {
  redis: required(anObject),
  subscriber: anObject,
  secret: required(secretBytes()),
  namespace: aText,
  readRevision: aFunction,
  timeoutMs: anyNumber,
  leaseMs: anyNumber,
  clockSkewMs: anyNumber,
};

function secretBytes(): OptionKind {
  return { expected: 'a Uint8Array', accepts: (value) => value instanceof Uint8Array, isSecret: true };
}

function parseSharedClaimsOptions(options: SharedClaimsOptions) {
  const complete = {
    namespace: 'default',
    readRevision: async () => undefined,
    timeoutMs: 100,
    leaseMs: 200,
    clockSkewMs: 300_000,
    ...parseOptions('shared claims', options, sharedClaimsKinds),
  };
  const { secret, namespace, timeoutMs, leaseMs, clockSkewMs } = complete;
  if (secret.length < 32)
    throw new RangeError(`shared claims: "secret" must be 32 bytes at least; got ${secret.length}`);
  if (!/^[\w.-]{1,64}$/.test(namespace)) {
    throw new RangeError(
      `shared claims: "namespace" must be 1 to 64 letters, digits, "_", "." or "-"; got ${inspect(namespace)}`,
    );
  }
  for (const [name, value] of Object.entries({ timeoutMs, leaseMs, clockSkewMs })) {
    if (value >= 1 && value <= 3_600_000) continue;
    throw new RangeError(`shared claims: "${name}" must be a number from 1 to 3600000; got ${inspect(value)}`);
  }
  return complete;
}
