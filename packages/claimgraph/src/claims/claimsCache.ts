import { ClaimsUnavailableError } from '../errors.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../token/principal.ts';
import { createClaimsBatcher } from './claimsBatcher.ts';
import { type ClaimsCacheOptions, parseClaimsCacheOptions } from './claimsCacheOptions.ts';
import { createRememberedClaims } from './localClaimsCache.ts';
import type { PendingLookup } from './pendingLookup.ts';
import type { SettledClaims } from './settledClaims.ts';
import { dateClaims } from './timestampedSource.ts';

/** What the whole process knows of business claims. */
export interface ClaimsCache<C> {
  /**
   * Gives the claims of a subject. `notAfter` is the `exp` of the caller's token, in seconds since the epoch: what is
   * loaded for this call is not remembered any longer than that. Rejects with ClaimsUnavailableError, unless there are
   * claims that may be given while the source fails: those are marked as stale.
   */
  get(subject: Subject, notAfter: number): Promise<SettledClaims<C>>;
  /** What is remembered of a subject, at once; undefined when the source would have to be asked. */
  peek(subject: Subject): SettledClaims<C> | undefined;
  /**
   * Whatever the source said about this subject before now is given to nobody any more, even if it is still on its way.
   * `revision` is the change's, where the store counts them: what was read since then is still used.
   */
  invalidate(subject: Subject | SubjectKey, revision?: number): void;
  /** The same for every subject; `missed` when an unknown number of counted changes went unheard. */
  invalidateAll(revision?: number | 'missed'): void;
  /** Fails what is under way and every later `get`. */
  close(): void;
}

/** A load in flight, shared by everybody who asks for its subject. */
interface Load<C> {
  readonly question: PendingLookup<C>;
  /** Infinity when the subject was invalidated after the source had been asked, or the change that the answer must contain. */
  leastRevision: number;
}

/** How many loads one caller waits for, when each is overtaken by an invalidation or too old, before it gives up. */
const maxLoadsPerCaller = 3;

/**
 * One cache in front of a claims source: remembers answers, shares loads, forgets on invalidation, and never takes a
 * failure for an answer. Where stale claims stand in for a failed load, they do so at once for the next second, and after
 * it for everybody but the one caller who asks the source again: a source that hangs is waited for by one at a time.
 */
export function createClaimsCache<C>(given: ClaimsCacheOptions<C>): ClaimsCache<C> {
  const options = parseClaimsCacheOptions(given);
  const remembered = createRememberedClaims<C>(options);
  const source = options.tier(dateClaims(options.source, options.now), options);
  const batcher = createClaimsBatcher({ ...options, source });
  const loads = new Map<SubjectKey, Load<C>>();
  // Those that nobody joins any more: who waits for one has to be told of the next change, too.
  const superseded = new Map<SubjectKey, Set<Load<C>>>();

  async function get(subject: Subject, notAfter: number): Promise<SettledClaims<C>> {
    const key = toSubjectKey(subject);
    const calledAt = options.now();
    for (let count = 0; count < maxLoadsPerCaller; count += 1) {
      const known = remembered.get(key);
      if (known) return withOwnDate(known);
      const stale = remembered.getStale(key, notAfter);
      if (stale && (stale.hasJustFailed || loads.has(key))) return withOwnDate(stale.settled);
      const load = loads.get(key) ?? startLoad(subject, notAfter);
      const settled = await answerOf(load, notAfter);
      if (contains(settled, load.leastRevision) && !wasTooOld(settled, calledAt)) return withOwnDate(settled);
    }
    throw new ClaimsUnavailableError(
      `claims for ${key}: each of ${maxLoadsPerCaller} loads was invalidated or too old`,
    );
  }

  /** A load that was under way already is no newer than the call of its source, and may have been for longer than a TTL. */
  function wasTooOld(settled: SettledClaims<C>, calledAt: number): boolean {
    if (settled.state === 'found' && settled.stale) return false;
    const ttlSeconds = settled.state === 'found' ? options.ttlSeconds : options.negativeTtlSeconds;
    return calledAt - settled.asOf.getTime() > ttlSeconds * 1000;
  }

  async function answerOf({ question }: Load<C>, notAfter: number): Promise<SettledClaims<C>> {
    try {
      return await question.result;
    } catch (error) {
      const stale = remembered.getStale(question.key, notAfter);
      if (!stale) throw error;
      return stale.settled;
    }
  }

  function peek(subject: Subject): SettledClaims<C> | undefined {
    const known = remembered.get(toSubjectKey(subject));
    return known && withOwnDate(known);
  }

  function startLoad(subject: Subject, notAfter: number): Load<C> {
    const question = batcher.ask(subject);
    const load: Load<C> = { question, leastRevision: -1 };
    loads.set(question.key, load);
    question.result.then(
      (settled) => {
        if (end(load) === 'current') remembered.set(question.key, settled, notAfter);
      },
      (error: ClaimsUnavailableError) => {
        if (end(load) === 'current') remembered.noteFailure(question.key, error);
      },
    );
    return load;
  }

  function end(load: Load<C>): 'current' | 'superseded' {
    const { key } = load.question;
    if (loads.get(key) === load) {
      loads.delete(key);
      return 'current';
    }
    const others = superseded.get(key);
    others?.delete(load);
    if (others?.size === 0) superseded.delete(key);
    return 'superseded';
  }

  /** Nobody joins the load any more; those who have joined take its answer if it contains the change. */
  function supersede(key: SubjectKey, revision = Number.POSITIVE_INFINITY): void {
    const load = loads.get(key);
    // A question that still waits will be answered by what the source says after the change.
    if (load?.question.isAsked()) {
      loads.delete(key);
      superseded.set(key, (superseded.get(key) ?? new Set()).add(load));
    }
    for (const each of superseded.get(key) ?? []) each.leastRevision = Math.max(each.leastRevision, revision);
  }

  function invalidate(subject: Subject | SubjectKey, revision?: number): void {
    const key = typeof subject === 'string' ? subject : toSubjectKey(subject);
    source.invalidate?.(key, revision);
    const known = remembered.get(key);
    if (!known || !contains(known, revision)) remembered.delete(key);
    supersede(key, revision);
  }

  function invalidateAll(revision?: number | 'missed'): void {
    source.invalidateAll?.(revision);
    remembered.clear();
    for (const key of [...loads.keys(), ...superseded.keys()]) supersede(key);
  }

  function close(): void {
    batcher.close();
    source.close?.();
    remembered.clear();
  }

  return { get, peek, invalidate, invalidateAll, close };
}

/** Whether an answer was read after a change: only the number of the store's last change in it can tell. */
function contains({ revision = -1 }: SettledClaims<unknown>, change = Number.POSITIVE_INFINITY): boolean {
  return revision >= change;
}

/** Claims are frozen, which a Date cannot be: each caller gets one of its own. */
function withOwnDate<C>(settled: SettledClaims<C>): SettledClaims<C> {
  return { ...settled, asOf: new Date(settled.asOf) };
}
