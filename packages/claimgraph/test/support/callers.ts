import { ClaimsUnavailableError } from '../../src/errors.ts';
import type { ClaimsResult, DecisionInput } from '../../src/logic/decisionInput.ts';
import { anonymous, type MachinePrincipal, type Principal, type UserPrincipal } from '../../src/token/principal.ts';

/** The business claims of the permission tests. */
export interface StaffClaims {
  readonly role: 'manager' | 'clerk';
  readonly region: string;
}

/** What loading claims ends with. */
export type SettledClaims = Exclude<ClaimsResult<StaffClaims>, { readonly state: 'not-loaded' }>;

const asOf = new Date('2026-01-31T09:00:00Z');

export function userWith(...scopes: readonly string[]): UserPrincipal {
  return {
    kind: 'user',
    issuer: 'https://pool.test',
    subject: 'user-1',
    clientId: 'spa',
    scopes: new Set(scopes),
    authTime: 1_700_000_000,
    issuedAt: 1_700_000_000,
    expiresAt: 1_700_003_600,
    originTokenId: undefined,
  };
}

export function machineWith(...scopes: readonly string[]): MachinePrincipal {
  return {
    kind: 'machine',
    issuer: 'https://pool.test',
    subject: 'reporting-job',
    clientId: 'reporting-job',
    scopes: new Set(scopes),
    issuedAt: 1_700_000_000,
    expiresAt: 1_700_003_600,
  };
}

export const notLoaded: ClaimsResult<StaffClaims> = { state: 'not-loaded' };
export const manager = found({ role: 'manager', region: 'north' });
export const clerk = found({ role: 'clerk', region: 'north' });
export const withoutRecord: SettledClaims = { state: 'absent', asOf };
export const storeIsDown: SettledClaims = {
  state: 'unavailable',
  error: new ClaimsUnavailableError('the claims store answered "no such table: people"'),
};

export function found(claims: StaffClaims): SettledClaims {
  return { state: 'found', claims, asOf };
}

/** Everything is known of the caller; by default of nobody. */
export function factsOf(
  principal: Principal = anonymous,
  claims: ClaimsResult<StaffClaims> = notLoaded,
): DecisionInput {
  return { principal, claims, nowSeconds: 1_800_000_000 };
}
