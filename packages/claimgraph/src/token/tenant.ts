import { inspect } from 'node:util';
import type { SettingProblem } from '../options.ts';

/** Where the tenant of a user pool's tokens comes from: it is the same for all of them, or a claim of each names it. */
export type TenantSource = { readonly name: string } | { readonly claim: string };

/** What `isTenantName` accepts, for messages. */
export const tenantNameRule = '1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-", the first a letter or a digit';

export function isTenantName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(value);
}

/** What `isTenantClaim` accepts, for messages. */
export const tenantClaimRule =
  'the name of a claim that a pre token generation trigger adds, such as tenant or custom:tenant, and not one of Cognito';

/** Quotable in a header as it is. Claims that Cognito itself puts into access tokens say something else. */
export function isTenantClaim(name: unknown): name is string {
  return typeof name === 'string' && /^[\w.:/-]{1,128}$/.test(name) && !isReservedClaim(name);
}

function isReservedClaim(name: string): boolean {
  return name.startsWith('cognito:') || reservedClaims.has(name);
}

/** RFC 7519 section 4.1, OpenID Connect Core section 2, RFC 9068 section 2.2, and what is Cognito's own. */
const reservedClaims: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'],
  ...['auth_time', 'nonce', 'acr', 'amr', 'azp', 'at_hash', 'c_hash'],
  ...['client_id', 'scope', 'username', 'token_use', 'origin_jti', 'event_id', 'device_key', 'version'],
]);

/** Everything that is wrong with a pool's `tenant`; nothing for a pool without one. */
export function findTenantProblems(source: unknown): readonly SettingProblem[] {
  if (source === undefined) return [];
  const given: object = typeof source === 'object' && source !== null ? source : {};
  const keys = Object.keys(given).join(' and ');
  const problem = (expected: string, got: string) => [{ setting: 'tenant', expected, got }];
  if (keys !== 'name' && keys !== 'claim') return problem('a name or a claim', keys || 'neither');
  const value: unknown = Reflect.get(given, keys);
  if (keys === 'claim') {
    return isTenantClaim(value) ? [] : problem(`as the claim ${tenantClaimRule}`, inspect(value));
  }
  return isTenantName(value) ? [] : problem(`as the name ${tenantNameRule}`, inspect(value));
}
