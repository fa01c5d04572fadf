import DataLoader from 'dataloader';
import { ClaimsUnavailableError } from '../errors.ts';
import { type MachinePrincipal, type SubjectKey, toSubjectKey, type UserPrincipal } from '../token/principal.ts';
import type { ClaimsCache } from './claimsCache.ts';
import type { SettledClaims } from './settledClaims.ts';

/** The business claims of one request: nothing is asked before `load`, and each principal at most once. */
export interface ClaimsLoader<C> {
  /** Rejects with ClaimsUnavailableError; within a request, the first outcome is also the outcome of every later call. */
  load(principal: UserPrincipal | MachinePrincipal): Promise<SettledClaims<C>>;
}

export function createClaimsLoader<C>(cache: Pick<ClaimsCache<C>, 'get'>): ClaimsLoader<C> {
  const loader = new DataLoader<UserPrincipal | MachinePrincipal, SettledClaims<C>, SubjectKey>(
    async (principals) => {
      const outcomes = await Promise.allSettled(principals.map((who) => cache.get(who, who.expiresAt)));
      // DataLoader keeps an Error given for a key, and forgets one that it is rejected with: one operation must not
      // be decided by an outage in one place and by claims in another.
      return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : toFailure(outcome.reason)));
    },
    { cacheKeyFn: toSubjectKey },
  );
  return { load: (principal) => loader.load(principal) };
}

function toFailure(reason: unknown): ClaimsUnavailableError {
  if (reason instanceof ClaimsUnavailableError) return reason;
  return new ClaimsUnavailableError('the claims cache failed', { cause: reason });
}
