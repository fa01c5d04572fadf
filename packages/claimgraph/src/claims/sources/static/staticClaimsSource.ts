import { type Subject, type SubjectKey, toSubjectKey } from '../../../token/principal.ts';
import type { UncountedClaimsSource } from '../../claimsSource.ts';

/** A subject and its claims. */
export interface ClaimsRecord<C> extends Subject {
  readonly claims: C;
}

/** Business claims from memory, for tests and teams of few. Throws a TypeError for two records of one subject. */
export function createStaticClaimsSource<C>(records: readonly ClaimsRecord<C>[]): UncountedClaimsSource<C> {
  const claimsByKey = new Map<SubjectKey, C>();
  for (const record of records) {
    const key = toSubjectKey(record);
    if (claimsByKey.has(key)) throw new TypeError(`static claims: expected one record for ${key}; got several`);
    claimsByKey.set(key, record.claims);
  }
  return {
    async fetchClaims(subjects) {
      const found = new Map<SubjectKey, C>();
      for (const key of subjects.map(toSubjectKey)) {
        const claims = claimsByKey.get(key);
        if (claims !== undefined) found.set(key, claims);
      }
      return found;
    },
  };
}
