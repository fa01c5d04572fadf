import type { ClaimsUnavailableError } from '../errors.ts';

/**
 * What is known of one identity's business claims: the claims, or that there is no business record. A failure is never
 * one of these, it is a ClaimsUnavailableError. `asOf` is the moment before the source was asked, so that the answer is
 * at least as new as it says. `revision` is the last change of the store that the answer contains, where it counts them.
 * `stale` is the failure because of which claims are given that have outlived their time.
 */
export type SettledClaims<C> =
  | {
      readonly found: true;
      readonly claims: C;
      readonly asOf: Date;
      readonly revision?: number;
      readonly stale?: ClaimsUnavailableError;
    }
  | { readonly found: false; readonly asOf: Date; readonly revision?: number };
