import { isTenantName, type TenantSource, tenantNameRule } from './tenant.ts';
import { expiredToken, invalidToken } from './tokenError.ts';

// What claims of a token have to be like, whoever issued it. All of these throw UnauthenticatedError.

export type Claims = Readonly<Record<string, unknown>>;

export interface TimeRules {
  /** How far our clock and the issuer's may differ. */
  readonly graceSeconds: number;
  /** The longest time between `iat` and `exp`. */
  readonly maxLifetimeSeconds: number;
  /** Now, in seconds since the epoch. */
  readonly nowSeconds: number;
}

export function checkAudience(actual: unknown, expected: string | undefined): void {
  if (expected === undefined) {
    if (actual === undefined) return;
    throw invalidToken('the token names another API: it has an "aud" and no audience is configured');
  }
  // RFC 7519 section 4.1.3: one string or an array of strings.
  const names: unknown = typeof actual === 'string' ? [actual] : actual;
  if (!isStringArray(names) || !names.includes(expected)) {
    throw invalidToken('the token names another API: "aud" must contain the configured audience; got none or others');
  }
}

export function parseTimes(claims: Claims, { graceSeconds, maxLifetimeSeconds, nowSeconds }: TimeRules) {
  const expiresAt = parseTime(claims, 'exp');
  const issuedAt = parseTime(claims, 'iat');
  const notBefore = claims.nbf === undefined ? issuedAt : parseTime(claims, 'nbf');
  // RFC 7519 section 4.1.4: not accepted on or after the expiration time.
  if (expiresAt + graceSeconds <= nowSeconds) throw expiredToken();
  for (const [name, time] of [['iat', issuedAt] as const, ['nbf', notBefore] as const]) {
    if (time <= nowSeconds + graceSeconds) continue;
    const hint = 'its time of issue lies ahead; the clocks of this server and of who issued it differ';
    throw invalidToken(`"${name}" must not be in the future; got ${Math.ceil(time - nowSeconds)} s ahead`, { hint });
  }
  const lifetime = expiresAt - issuedAt;
  if (lifetime <= 0 || lifetime > maxLifetimeSeconds) {
    throw invalidToken(`"exp" must be 1 to ${maxLifetimeSeconds} s after "iat"; got ${lifetime} s`);
  }
  return { issuedAt, expiresAt };
}

/** The claim is there and well-formed, or the token is refused: without a tenant it would be in another one's. */
export function parseTenant(claims: Claims, source: TenantSource): string {
  if (!('claim' in source)) return source.name;
  const { claim } = source;
  const value = claims[claim];
  if (isTenantName(value)) return value;
  throw invalidToken(`"${claim}" must name a tenant: ${tenantNameRule}; got ${typeof value}`, {
    hint: `the access token must name its tenant in the claim ${claim}`,
  });
}

/** RFC 6749 section 3.3: scopes are separated by single spaces; nothing else separates them. */
export function parseScopes(scope: unknown): ReadonlySet<string> {
  if (scope === undefined) return new Set();
  if (typeof scope !== 'string') throw invalidToken(`"scope" must be a string; got ${typeof scope}`);
  return new Set(scope.split(' ').filter((name) => name !== ''));
}

/** When the person last entered credentials, in seconds since the epoch. */
export function parseAuthTime(claims: Claims, { issuedAt }: { readonly issuedAt: number }, rules: TimeRules): number {
  const authTime = parseTime(claims, 'auth_time');
  // Otherwise "no older than" would hold for years.
  if (authTime > issuedAt + rules.graceSeconds)
    throw invalidToken('"auth_time" must not be after "iat"; got a later time');
  return authTime;
}

/** RFC 7519 section 2, NumericDate; issuers send whole seconds. */
export function parseTime(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalidToken(`"${name}" must be whole seconds since the epoch; got ${typeof value}`);
  }
  return value;
}

export function parseOptionalText(claims: Claims, name: string): string | undefined {
  return claims[name] === undefined ? undefined : parseText(claims, name);
}

/** Text that may become part of a key: no control characters, and no lone surrogates, which databases take for each other. */
export function parseText(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || value === '' || value.length > 256 || /[\p{Cc}\p{Cs}]/u.test(value)) {
    throw invalidToken(`"${name}" must be a string of 1 to 256 printable characters; got ${typeof value}`);
  }
  return value;
}

export function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
