import { types } from 'node:util';
import type { SubjectKey } from '../token/principal.ts';
import { freezeClaims } from './freezeClaims.ts';

/**
 * What a claims source gave, checked: a Map whose every entry is the claims of a subject that was asked for. The claims
 * come back frozen. It throws a TypeError on anything else; one bad entry makes the whole answer untrustworthy, because
 * a source that mixes up one subject may have mixed up others.
 */
export function parseFetchedClaims<C>(answer: unknown, asked: ReadonlySet<SubjectKey>): ReadonlyMap<SubjectKey, C> {
  if (!types.isMap(answer)) throw new TypeError(`the claims source must give a Map; got ${kindOf(answer)}`);
  const claimsBySubject = new Map<SubjectKey, C>();
  for (const key of asked) {
    if (answer.has(key)) claimsBySubject.set(key, parseClaims<C>(key, answer.get(key)));
  }
  if (claimsBySubject.size === answer.size) return claimsBySubject;
  throw new TypeError('the claims source must give claims only for the subjects it was asked for; got others too');
}

function parseClaims<C>(key: SubjectKey, claims: unknown): C {
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
