import type { Subject } from '../token/principal.ts';

/** One change of business claims, as the store announces it. */
export interface ClaimsChange {
  /** Counts the changes of the store: each is one more than the last. */
  readonly revision: number;
  /** Whose claims changed; `all` when it was too many to name. */
  readonly subjects: readonly Subject[] | 'all';
}

/** What remembers something of identities, such as a claims cache or a revocation list. Neither method waits or throws. */
export interface ClaimsChangeListener {
  /** `revision` is the change's. */
  invalidate(subject: Subject, revision?: number): void;
  /** `missed` when nobody knows yet which changes there were; nothing when the store may be another one from now on. */
  invalidateAll(revision?: number | 'missed'): void;
}

/** Keeps what is remembered in step with the announcements of one store. Every method returns at once and throws nothing. */
export interface RevisionTracker {
  /** From now on announcements arrive: whatever came before may have been missed. */
  onListening(): void;
  onChange(change: ClaimsChange): void;
  /** An announcement that nobody understands. */
  onUnreadable(): void;
  /** The store's revision as it was just read, to notice announcements that never arrived. */
  onRevision(revision: number): void;
  /**
   * The store's revision as it was just read by a process that may have heard nothing for a while, because it stood still.
   * Whatever it does not know of counts as missed. Gives whether anything did.
   */
  catchUp(revision: number): boolean;
}

export interface RevisionTrackerOptions {
  readonly listeners: readonly ClaimsChangeListener[];
  /** Told when announcements were missed, and so everything was forgotten: by the revision that came in place of another. */
  readonly onMissed: (gap: { readonly expected: number; readonly got: number }) => void;
}

/**
 * Invalidates what a change names, and everything when a revision shows that a change was missed. A revision that was
 * read may be ahead of announcements still on their way, so it is held against them when the next one is read.
 */
export function createRevisionTracker({ listeners, onMissed: onGap }: RevisionTrackerOptions): RevisionTracker {
  let last: number | undefined;
  let due: number | undefined;
  let caughtUp: number | undefined;

  function forgetAll(): void {
    last = undefined;
    due = undefined;
    invalidateAll('missed');
  }

  function invalidateAll(revision?: number | 'missed'): void {
    for (const listener of listeners) listener.invalidateAll(revision);
  }

  function invalidate(subject: Subject, revision: number): void {
    for (const listener of listeners) listener.invalidate(subject, revision);
  }

  return {
    onListening: forgetAll,
    onUnreadable: forgetAll,
    onChange({ revision, subjects }) {
      const expected = last === undefined ? revision : last + 1;
      last = revision;
      if (revision !== expected) onGap({ expected, got: revision });
      // A store that counts backwards is another one, as after a restore: revisions from before say nothing about it.
      if (revision < expected) invalidateAll();
      else if (revision > expected || subjects === 'all') invalidateAll(revision);
      else for (const subject of subjects) invalidate(subject, revision);
    },
    onRevision(revision) {
      last ??= revision;
      if (due !== undefined && last < due) {
        onGap({ expected: last, got: due });
        invalidateAll(due);
        last = due;
      }
      due = revision;
    },
    catchUp(revision) {
      // Announcements of what is caught up with may still arrive, so `last` is left to them.
      const known = Math.max(last ?? -1, caughtUp ?? -1);
      if (revision === known) return false;
      caughtUp = revision;
      // A store that counts backwards is another one.
      invalidateAll(revision > known ? revision : undefined);
      return true;
    },
  };
}
