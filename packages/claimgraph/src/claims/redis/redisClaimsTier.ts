import { randomBytes } from 'node:crypto';
import { ClaimsUnavailableError } from '../../errors.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../../token/principal.ts';
import type { ClaimsBounds } from '../claimsCacheOptions.ts';
import type { SettledClaims } from '../settledClaims.ts';
import type { OnResult, TimestampedSource } from '../timestampedSource.ts';
import { parseSharedAnswer, toBytes } from './cacheEntryCodec.ts';
import type { ClaimsCipher } from './claimsCipher.ts';
import type { MinimumRevisions } from './minimumRevisions.ts';
import type { Reading, SharedStore, StoredValue } from './redisStore.ts';
import { maxValueLength } from './scripts.ts';

/** What became of the questions, since the start. */
export interface SharedClaimsCounts {
  /** Answered by what another process had left. */
  readonly hits: number;
  /** Asked of the source: nothing usable was there. */
  readonly misses: number;
  /** Asked of the source although somebody else was asking: that took too long. */
  readonly lockTimeouts: number;
  /** Asked of the source because a change was heard of whose revision is not known yet. */
  readonly invalidated: number;
  /** Asked of the source because Redis gave no answer. */
  readonly redisErrors: number;
  /** Values that this secret did not close, or for another subject, or that are of no known format. */
  readonly unreadable: number;
}

export interface ShareClaimsOptions {
  readonly store: SharedStore;
  readonly seal: ClaimsCipher;
  readonly floors: MinimumRevisions;
  /** The number of the store's last change, read anew; undefined where it counts none. */
  readonly readRevision: () => Promise<number | undefined>;
  /** Processes wait for the one that asks no longer than this. */
  readonly waitMs: number;
  /** By how much the clock of who wrote an answer may differ from the one here. */
  readonly clockSkewMs: number;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly count: (what: keyof SharedClaimsCounts, howMany: number) => void;
}

/** One subject of a batch. */
interface Entry {
  readonly subject: Subject;
  readonly key: SubjectKey;
  readonly name: string;
  /** What was found of it and cannot be used; empty for nothing. */
  readonly unusable: string;
}

const firstPauseMs = 5;

/**
 * Looks for answers that another process has left in the store, asks the source for the others, and leaves its answers.
 * Of several processes with the same question one asks; the others look again after 5 ms, 10, 20 and so on.
 *
 * How old an answer is follows from the store's clock alone, which is read with each value: an answer carries, sealed,
 * when its life ends by that clock. The clocks of the processes only have to agree roughly (`clockSkewMs`), which bounds
 * what a store that lies about its time can keep alive.
 */
export function shareClaims<C>(
  source: TimestampedSource<C>,
  bounds: Pick<ClaimsBounds, 'ttlSeconds' | 'negativeTtlSeconds' | 'jitter' | 'now'>,
  options: ShareClaimsOptions,
): TimestampedSource<C> {
  const { store, seal, floors, readRevision, waitMs, clockSkewMs, now, count } = options;

  // One for the whole process: whoever asks again after a change does not wait for what was asked before it.
  const token = randomBytes(12).toString('base64');

  async function fetch(subjects: readonly Subject[], tell: OnResult<C>): Promise<void> {
    const entries = subjects.map(toEntry);
    const isDoubted = ({ key }: Entry) => floors.minimumFor(key) === Number.POSITIVE_INFINITY;
    const doubted = entries.filter(isDoubted);
    count('invalidated', doubted.length);
    await allSettled([
      ask(doubted, tell),
      fetchShared(
        entries.filter((entry) => !isDoubted(entry)),
        tell,
      ),
    ]);
  }

  async function fetchShared(entries: readonly Entry[], tell: OnResult<C>): Promise<void> {
    const waitUntil = now() + waitMs;
    const asking: Promise<void>[] = [];
    const begin = (call: Promise<void>) => {
      // What it rejects with is taken at the end.
      call.catch(() => {});
      asking.push(call);
    };
    let waiting = entries;
    for (let pauseMs = firstPauseMs; waiting.length > 0; pauseMs *= 2) {
      const asOfNow = bounds.now();
      const reading = await store.read(
        waiting.map(({ key, name }) => ({ name, leastRevision: floors.minimumFor(key) })),
        token,
      );
      if (!reading) {
        count('redisErrors', waiting.length);
        begin(ask(waiting, tell));
        break;
      }
      const { toAsk, others } = take(waiting, reading, asOfNow, tell);
      begin(askAndShare(toAsk, reading, tell));
      waiting = others;
      if (waiting.length > 0 && now() + pauseMs > waitUntil) {
        count('lockTimeouts', waiting.length);
        begin(askAndShare(waiting, reading, tell));
        break;
      }
      if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    await allSettled(asking);
  }

  /** Tells what a reading found; gives those whose answer the source has, and those whom somebody else asks about. */
  function take(entries: readonly Entry[], reading: Reading, asOfNow: number, tell: OnResult<C>) {
    const toAsk: Entry[] = [];
    const others: Entry[] = [];
    for (const [index, entry] of entries.entries()) {
      const found = reading.found[index];
      if (found === 'wait') {
        others.push(entry);
      } else if (found === undefined || found === 'ask') {
        toAsk.push(entry);
      } else {
        const settled = validateCachedEntry(entry.key, found, reading.storeTime, asOfNow);
        if (settled) tell(entry.key, settled);
        else toAsk.push({ ...entry, unusable: found });
        if (settled) count('hits', 1);
      }
    }
    return { toAsk, others };
  }

  /** An answer that was found, dated by this process's clock; undefined when it is not to be used. */
  function validateCachedEntry(
    key: SubjectKey,
    found: string,
    storeTime: number,
    asOfNow: number,
  ): SettledClaims<C> | undefined {
    const [revision, sealed = ''] = found.split(' ');
    const content = seal.decrypt(key, sealed);
    const answer = content && parseSharedAnswer<C>(content);
    if (!answer || toRevisionText(answer.settled) !== revision) {
      count('unreadable', 1);
      return undefined;
    }
    const { settled, lifeMs, endsAt } = answer;
    const ageMs = lifeMs - (endsAt - storeTime);
    const asOf = asOfNow - ageMs;
    const isAlive = ageMs >= 0 && ageMs < Math.min(lifeMs, lifeOf(settled));
    const isOfNow = Math.abs(settled.asOf.getTime() - asOf) <= clockSkewMs;
    if (!isAlive || !isOfNow || (settled.revision ?? -1) < floors.minimumFor(key)) return undefined;
    return { ...settled, asOf: new Date(asOf) };
  }

  async function askAndShare(entries: readonly Entry[], reading: Reading, tell: OnResult<C>): Promise<void> {
    if (entries.length === 0) return;
    const byKey = new Map(entries.map((entry) => [entry.key, entry]));
    const values = new Map(entries.map(({ key, name }) => [key, nothingFor(name)]));
    // The store's time is at least this much by now: its answer was under way before it was received.
    const askedAt = Math.floor(reading.storeTime + (now() - reading.receivedAt));
    try {
      await ask(entries, (key, answer) => {
        tell(key, answer);
        const entry = byKey.get(key);
        const isAnswer = !(answer instanceof ClaimsUnavailableError);
        if (entry && isAnswer) values.set(key, toValue(entry, answer, askedAt));
      });
    } finally {
      // Not awaited: whoever asked has the answer.
      void store.write([...values.values()], token);
    }
  }

  async function ask(entries: readonly Entry[], tell: OnResult<C>): Promise<void> {
    if (entries.length === 0) return;
    count('misses', entries.length);
    await source.fetch(
      entries.map(({ subject }) => subject),
      tell,
    );
  }

  /** What to leave of an answer: nothing when a change was heard of meanwhile, or when it is not to be remembered. */
  function toValue({ key, name, unusable }: Entry, settled: SettledClaims<C>, askedAt: number): StoredValue {
    const lifeMs = lifeOf(settled);
    if (lifeMs === 0 || (settled.revision ?? -1) < floors.minimumFor(key)) return nothingFor(name);
    const endsAt = askedAt + lifeMs;
    const sealed = seal.encrypt(key, toBytes({ settled, lifeMs, endsAt }));
    const value = `${toRevisionText(settled)} ${sealed}`;
    return value.length > maxValueLength ? nothingFor(name) : { name, value, endsAt, unusable };
  }

  /** Shortened by all of the jitter: what is found is then still worth remembering by whoever found it. */
  function lifeOf({ state }: SettledClaims<C>): number {
    return Math.floor((state === 'found' ? bounds.ttlSeconds : bounds.negativeTtlSeconds) * 1000 * (1 - bounds.jitter));
  }

  function toEntry(subject: Subject): Entry {
    const key = toSubjectKey(subject);
    return { subject, key, name: seal.keyFor(key), unusable: '' };
  }

  return {
    fetch,
    invalidate(key, revision) {
      floors.require(key, revision);
      store.forget(seal.keyFor(key), revision);
      source.invalidate?.(key, revision);
    },
    invalidateAll(revision) {
      if (revision === 'missed') floors.requireLatest(readRevision());
      else floors.raiseAll(revision);
      source.invalidateAll?.(revision);
    },
    close() {
      store.close();
      source.close?.();
    },
  };
}

function nothingFor(name: string): StoredValue {
  return { name, value: '', endsAt: 0, unusable: '' };
}

function toRevisionText({ revision = -1 }: SettledClaims<unknown>): string {
  return String(revision);
}

/** Waits for all, and then rejects as the first of those that do: an answer to some is not lost with the others. */
async function allSettled(calls: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(calls);
  await Promise.all(calls);
}
