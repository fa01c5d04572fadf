import type { Subject } from '../token/principal.ts';
import type { ClaimsCache } from './claimsCache.ts';

/** One change of business claims, as the store announces it. */
export interface ClaimsChange {
  /** Counts the changes of the store: each is one more than the last. */
  readonly revision: number;
  /** Whose claims changed; `all` when it was too many to name. */
  readonly subjects: readonly Subject[] | 'all';
}

/** Keeps a cache in step with the announcements of one store. Every method returns at once and throws nothing. */
export interface ClaimsChangeFollower {
  /** From now on announcements arrive: whatever came before may have been missed. */
  onListening(): void;
  onChange(change: ClaimsChange): void;
  /** An announcement that nobody understands. */
  onUnreadable(): void;
  /** The store's revision as it was just read, to notice announcements that never arrived. */
  onRevision(revision: number): void;
}

export interface ClaimsChangeFollowerOptions {
  readonly cache: Pick<ClaimsCache<unknown>, 'invalidate' | 'invalidateAll'>;
  /** Told when announcements were missed, and so the whole cache was dropped. */
  readonly onGap: (gap: { readonly expected: number; readonly got: number }) => void;
}

/**
 * Invalidates what a change names, and everything when a revision shows that a change was missed. A revision that was
 * read may be ahead of announcements still on their way, so it is held against them when the next one is read.
 */
export function followClaimsChanges({ cache, onGap }: ClaimsChangeFollowerOptions): ClaimsChangeFollower {
  let last: number | undefined;
  let due: number | undefined;

  function forgetAll(): void {
    last = undefined;
    due = undefined;
    cache.invalidateAll();
  }

  return {
    onListening: forgetAll,
    onUnreadable: forgetAll,
    onChange({ revision, subjects }) {
      const expected = last === undefined ? revision : last + 1;
      last = revision;
      if (revision !== expected) onGap({ expected, got: revision });
      if (revision !== expected || subjects === 'all') cache.invalidateAll();
      else for (const subject of subjects) cache.invalidate(subject);
    },
    onRevision(revision) {
      last ??= revision;
      if (due !== undefined && last < due) {
        onGap({ expected: last + 1, got: due });
        cache.invalidateAll();
        last = due;
      }
      due = revision;
    },
  };
}
