import { LRUCache } from 'lru-cache';
import type { SubjectKey } from '../../token/principal.ts';

/**
 * What this process has heard of changes, as the least revision that a shared answer must contain to be believed. It is
 * forgotten once whatever was read before the change can no longer be alive.
 */
export interface MinimumRevisions {
  /** `revision` is the change's; without one no shared answer about the subject is believed. */
  require(key: SubjectKey, revision?: number): void;
  raiseAll(revision?: number): void;
  /**
   * Some changes of every subject may have been missed. No shared answer is believed until the store's revision is known;
   * it has to be read from now on, and tells what an answer must contain.
   */
  requireLatest(revision: Promise<number | undefined>): void;
  /** -1 when any will do; Infinity when none will. An answer without a revision has -1. */
  minimumFor(key: SubjectKey): number;
}

export interface MinimumRevisionsOptions {
  readonly lifeMs: number;
  /** How many subjects have a floor of their own; those that are more raise everybody's: slower, never wrong. */
  readonly maxSubjects: number;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
}

export function createMinimumRevisions(options: MinimumRevisionsOptions): MinimumRevisions {
  const { lifeMs, maxSubjects, now } = options;
  const everybody = createFloor(options);
  const bySubject = new LRUCache<SubjectKey, Floor>({
    max: maxSubjects,
    dispose: (floor, _key, reason) => {
      if (reason === 'evict') everybody.raise(floor.least());
    },
  });
  let pending: Promise<number | undefined> | undefined;
  let pendingUntil = 0;
  let newest = -1;

  function raise(key: SubjectKey, revision = Number.POSITIVE_INFINITY): void {
    if (Number.isFinite(revision)) newest = Math.max(newest, revision);
    const floor = bySubject.get(key) ?? createFloor(options);
    floor.raise(revision);
    bySubject.set(key, floor);
  }

  function raiseAll(revision = Number.POSITIVE_INFINITY): void {
    // Without a revision, the store may be another one from now on, which counts anew.
    newest = Number.isFinite(revision) ? Math.max(newest, revision) : -1;
    everybody.raise(revision);
  }

  function raiseUntilKnown(revision: Promise<number | undefined>): void {
    pending = revision;
    pendingUntil = now() + lifeMs;
    revision.then(
      (known) => {
        // A store that counts backwards is another one: no revision from before says anything about it.
        if (pending !== revision || known === undefined || known < newest) return;
        pending = undefined;
        raiseAll(known);
      },
      () => {},
    );
  }

  function of(key: SubjectKey): number {
    if (pending && now() < pendingUntil) return Number.POSITIVE_INFINITY;
    return Math.max(everybody.least(), bySubject.get(key)?.least() ?? -1);
  }

  return { require: raise, raiseAll, requireLatest: raiseUntilKnown, minimumFor: of };
}

interface Floor {
  raise(revision: number): void;
  least(): number;
}

/** A floor of no number and one of a number, each for a life: the one does not prolong the other. */
function createFloor({ lifeMs, now }: MinimumRevisionsOptions): Floor {
  let noneUntil = 0;
  let least = -1;
  let leastUntil = 0;
  return {
    raise(revision) {
      const moment = now();
      if (revision === -1) return;
      if (revision === Number.POSITIVE_INFINITY) {
        noneUntil = moment + lifeMs;
      } else {
        least = moment < leastUntil ? Math.max(least, revision) : revision;
        leastUntil = moment + lifeMs;
      }
    },
    least() {
      const moment = now();
      if (moment < noneUntil) return Number.POSITIVE_INFINITY;
      return moment < leastUntil ? least : -1;
    },
  };
}
