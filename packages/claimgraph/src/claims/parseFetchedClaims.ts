import { types } from 'node:util';
import { ClaimsUnavailableError } from '../errors.ts';
import type { SubjectKey } from '../token/principal.ts';
import type { FetchedClaims, VersionedClaims } from './claimsSource.ts';
import { freezeClaims } from './freezeClaims.ts';

/**
 * What a claims source gave, checked: a Map whose every entry is the claims of a subject that was asked for, by itself or
 * as `claims` beside the store's `revision`. The claims come back frozen. It throws a TypeError on anything else; but for
 * the records that the source itself did not understand, one bad entry makes the whole answer untrustworthy, because a
 * source that mixes up one subject may have mixed up others.
 */
export function parseFetchedClaims<C>(answer: unknown, asked: ReadonlySet<SubjectKey>): VersionedClaims<C> {
  if (types.isMap(answer)) return { claims: parseMap(answer, asked) };
  const { claims, revision } = Object(answer);
  if (!types.isMap(claims)) throw new TypeError(`the claims source must give a Map; got ${kindOf(answer)}`);
  if (revision === undefined) return { claims: parseMap(claims, asked) };
  if (isRevision(revision)) return { claims: parseMap(claims, asked), revision };
  throw new TypeError(`the revision of claims must be a whole number from 0 to 2^53 - 1; got ${kindOf(revision)}`);
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parseMap<C>(answer: ReadonlyMap<unknown, unknown>, asked: ReadonlySet<SubjectKey>): FetchedClaims<C> {
  const claimsBySubject = new Map<SubjectKey, C | ClaimsUnavailableError>();
  for (const key of asked) {
    if (answer.has(key)) claimsBySubject.set(key, parseClaims<C>(key, answer.get(key)));
  }
  if (claimsBySubject.size === answer.size) return claimsBySubject;
  throw new TypeError('the claims source must give claims only for the subjects it was asked for; got others too');
}

function parseClaims<C>(key: SubjectKey, claims: unknown): C | ClaimsUnavailableError {
  if (claims instanceof ClaimsUnavailableError) return claims;
  if (claims === undefined || claims === null) {
    throw new TypeError(`claims for ${key}: expected no entry when there is no business record; got ${claims}`);
  }
  try {
    return freezeClaims(claims as C);
  } catch (cause) {
    throw new TypeError(`claims for ${key}: expected plain data, which can be frozen`, { cause });
  }
}

/** Says what a value is, as `[object Array]`, without saying what is in it. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
