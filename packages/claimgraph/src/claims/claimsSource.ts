import type { ClaimsUnavailableError } from '../errors.ts';
import type { Subject, SubjectKey } from '../token/principal.ts';

/**
 * Where business claims come from: the team's own database, another service, a file.
 *
 * `fetchClaims` gets distinct subjects and gives a Map with an entry for each subject that has a business record; a
 * subject without an entry has none (that is an answer, not a failure). It rejects when it cannot tell: the callers see
 * CLAIMS_UNAVAILABLE. It parses what its store returns; a subject whose record it does not understand gets a
 * ClaimsUnavailableError as its entry, so that whoever is asked for in the same call is not kept away. Claims are plain data
 * (objects, arrays, primitives); whoever gets them freezes them, so they must not be changed afterwards.
 *
 * A store that counts its changes (see ClaimsChange) gives the Map with the revision that it was read at: answers that
 * several processes share are then told apart from older ones by it, without any clock.
 */
export interface ClaimsSource<C> {
  fetchClaims(subjects: readonly Subject[]): Promise<FetchedClaims<C> | VersionedClaims<C>>;
}

/** A source whose store counts no changes. */
export interface UncountedClaimsSource<C> extends ClaimsSource<C> {
  fetchClaims(subjects: readonly Subject[]): Promise<FetchedClaims<C>>;
}

/** An entry for each subject that has a business record: its claims, or why they cannot be told. */
export type FetchedClaims<C> = ReadonlyMap<SubjectKey, C | ClaimsUnavailableError>;

export interface VersionedClaims<C> {
  readonly claims: FetchedClaims<C>;
  /** The last change of the store that these claims are known to contain, with all before it: read in the same snapshot. */
  readonly revision?: number | undefined;
}
