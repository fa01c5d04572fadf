import type { Subject, SubjectKey } from './principal.ts';

/** What is held against the tokens of one identity. */
export interface SubjectRevocation {
  /** None of its tokens is accepted. */
  readonly suspended: boolean;
  /** Milliseconds since the epoch: no token of an older sign-in is accepted. Undefined when there is no such moment. */
  readonly validAfterMs: number | undefined;
}

/** One sign-in whose tokens are no longer accepted, wherever they are refreshed. */
export interface RevokedSignIn {
  readonly issuer: string;
  /** `origin_jti`. */
  readonly originTokenId: string;
}

export interface Revocations {
  /** An entry for each identity that something is held against. */
  readonly subjects: ReadonlyMap<SubjectKey, SubjectRevocation>;
  readonly signIns: readonly RevokedSignIn[];
}

/**
 * Where the revocation list is kept. Both methods tell how things stand at a moment after they were called, and reject when
 * they cannot tell; what they give is checked, and a list with anything unusable in it counts as one that failed.
 */
export interface RevocationSource {
  fetchAll(): Promise<Revocations>;
  /** An entry for each of these identities that something is held against, and for no other. */
  fetchSubjects(subjects: readonly Subject[]): Promise<ReadonlyMap<SubjectKey, SubjectRevocation>>;
}
