import type { ClaimsCache } from '../claims/claimsCache.ts';
import { freezeClaims } from '../claims/freezeClaims.ts';
import { ClaimsUnavailableError } from '../errors.ts';
import type { LoadedClaims } from '../operation/authorization.ts';
import type { MachinePrincipal, UserPrincipal } from '../token/principal.ts';

type Caller = UserPrincipal | MachinePrincipal;

/**
 * Reads the caller's business record: undefined or null where there is none. What it rejects with or throws makes the claims
 * unavailable: no field is allowed or denied by them then.
 */
export type ClaimsLoader<C> = (caller: Caller) => Promise<C | null | undefined> | C | null | undefined;

/** Where the claims of a caller come from: a function, or what `createClaimsCache` has made. */
export type CallerClaims<C> = ClaimsLoader<C> | Pick<ClaimsCache<C>, 'get' | 'peek'>;

/** The caller's claims as an operation is decided by them. Never rejects. */
export async function loadCallerClaims<C>(claims: CallerClaims<C>, caller: Caller): Promise<LoadedClaims<C>> {
  try {
    if (typeof claims === 'function') return await loadRecord(claims, caller);
    const settled = claims.peek(caller) ?? (await claims.get(caller, caller.expiresAt));
    if (!settled.found) return { state: 'absent', asOf: settled.asOf };
    const { claims: found, asOf, stale } = settled;
    return { state: 'found', claims: found, asOf, ...(stale && { stale }) };
  } catch (cause) {
    const error =
      cause instanceof ClaimsUnavailableError
        ? cause
        : new ClaimsUnavailableError('the claims could not be loaded', { cause });
    return { state: 'unavailable', error };
  }
}

async function loadRecord<C>(load: ClaimsLoader<C>, caller: Caller): Promise<LoadedClaims<C>> {
  // What the record says is as old as the question, whatever the answer took.
  const asOf = new Date();
  const record = await load(caller);
  return record === undefined || record === null
    ? { state: 'absent', asOf }
    : { state: 'found', claims: freezeClaims(record), asOf };
}
