import { ClaimsUnavailableError } from '../errors.ts';
import { type Subject, type SubjectKey, toSubjectKey } from '../token/principal.ts';
import type { ClaimsSource } from './claimsSource.ts';
import { parseFetchedClaims } from './parseFetchedClaims.ts';
import type { SettledClaims } from './settledClaims.ts';

/** Answers that say how old they are: a source that was just asked, or a memory that others share. */
export interface TimestampedSource<C> {
  /**
   * Tells the answer about each of these distinct subjects as soon as it is known, or why there is none, and resolves when
   * all are told. When it rejects, whoever was not told about cannot be told about. The claims are frozen.
   */
  fetch(subjects: readonly Subject[], tell: OnResult<C>): Promise<void>;
  /** From now on no answer about the subject is told that does not contain this change, or is from before now. */
  invalidate?(key: SubjectKey, revision?: number): void;
  /** The same for every subject. */
  invalidateAll?(revision?: number | 'missed'): void;
  close?(): void;
}

export type OnResult<C> = (key: SubjectKey, answer: SettledClaims<C> | ClaimsUnavailableError) => void;

/** A claims source whose answers are dated with the moment before it was asked. Rejects also with what it cannot parse. */
export function dateClaims<C>(source: ClaimsSource<C>, now: () => number): TimestampedSource<C> {
  return {
    async fetch(subjects, tell) {
      const asOf = new Date(now());
      const asked = new Set(subjects.map(toSubjectKey));
      const { claims: claimsBySubject, revision } = parseFetchedClaims<C>(await source.fetchClaims(subjects), asked);
      const known = revision === undefined ? { asOf } : { asOf, revision };
      for (const key of asked) {
        const claims = claimsBySubject.get(key);
        if (claims instanceof ClaimsUnavailableError) tell(key, claims);
        else tell(key, claims === undefined ? { state: 'absent', ...known } : { state: 'found', claims, ...known });
      }
    },
  };
}
