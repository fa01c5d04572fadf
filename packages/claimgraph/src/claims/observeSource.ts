import type { ClaimsSource } from './claimsSource.ts';

/** One call of a claims source. */
export interface ClaimsCall {
  /** Whose source it is; undefined for that of the claims of no group. */
  readonly group: string | undefined;
  readonly subjects: number;
  readonly outcome: 'answered' | 'failed';
  readonly durationSeconds: number;
}

/** The same source, telling of each call once it has ended. The observer must not throw. */
export function observeSource<C>(
  source: ClaimsSource<C>,
  onCall: (call: ClaimsCall) => void,
  group?: string,
): ClaimsSource<C> {
  return {
    async fetchClaims(subjects) {
      const startedAt = performance.now();
      const tell = (outcome: ClaimsCall['outcome']) =>
        onCall({ group, subjects: subjects.length, outcome, durationSeconds: (performance.now() - startedAt) / 1000 });
      try {
        const claims = await source.fetchClaims(subjects);
        tell('answered');
        return claims;
      } catch (error) {
        tell('failed');
        throw error;
      }
    },
  };
}
