import type { ClaimsResult } from '../logic/decisionInput.ts';

/**
 * What the store has said of one identity's business claims: the claims, or that there is no business record. A failure is
 * never one of these, it is a ClaimsUnavailableError. `asOf` is the moment before the store was asked, so that the answer is
 * at least as new as it says. `revision` is the last change of the store that the answer contains, where it counts them.
 */
export type SettledClaims<C> = Extract<ClaimsResult<C>, { readonly state: 'found' | 'absent' }> & {
  readonly revision?: number;
};
