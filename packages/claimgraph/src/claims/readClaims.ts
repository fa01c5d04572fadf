import { ClaimsUnavailableError } from '../errors.ts';
import type { LoadedClaims } from '../logic/decisionInput.ts';
import type { MachinePrincipal, UserPrincipal } from '../token/principal.ts';
import type { ClaimsCache } from './claimsCache.ts';
import { freezeClaims } from './freezeClaims.ts';
import type { SettledClaims } from './settledClaims.ts';

type Caller = UserPrincipal | MachinePrincipal;

/**
 * Reads the caller's business record: undefined or null where there is none. What it rejects with or throws makes the claims
 * unavailable: no field is allowed or denied by them then.
 */
export type ClaimsLoader<C> = (caller: Caller) => Promise<C | null | undefined> | C | null | undefined;

/** Where the claims of a caller come from: a function, or what `createClaimsCache` has made. */
export type CallerClaims<C> = ClaimsLoader<C> | Pick<ClaimsCache<C>, 'get' | 'peek'>;

/** The caller's claims as an operation is decided by them. Never rejects. */
export async function readClaims<C>(claims: CallerClaims<C>, caller: Caller): Promise<LoadedClaims<C>> {
  try {
    if (typeof claims === 'function') return await readRecord(claims, caller);
    return claims.peek(caller) ?? (await claims.get(caller, caller.expiresAt));
  } catch (cause) {
    const error =
      cause instanceof ClaimsUnavailableError
        ? cause
        : new ClaimsUnavailableError('the claims could not be loaded', { cause });
    return { state: 'unavailable', error };
  }
}

async function readRecord<C>(load: ClaimsLoader<C>, caller: Caller): Promise<SettledClaims<C>> {
  // What the record says is as old as the question, whatever the answer took.
  const asOf = new Date();
  const record = await load(caller);
  return record === undefined || record === null
    ? { state: 'absent', asOf }
    : { state: 'found', claims: freezeClaims(record), asOf };
}
