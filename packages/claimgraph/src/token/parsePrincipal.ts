import type { MachinePrincipal, UserPrincipal } from './principal.ts';
import { isTenantName, type TenantSource, tenantNameRule } from './tenant.ts';
import { expiredToken, invalidToken } from './tokenError.ts';
import type { UserPool } from './userPool.ts';

type Claims = Readonly<Record<string, unknown>>;

export interface PrincipalRules {
  readonly pool: UserPool;
  /** How far our clock and the issuer's may differ. */
  readonly graceSeconds: number;
  /** The longest time between `iat` and `exp`. */
  readonly maxLifetimeSeconds: number;
  /** Now, in seconds since the epoch. */
  readonly nowSeconds: number;
}

/**
 * The principal of an access token whose signature and issuer are verified; throws UnauthenticatedError for claims that
 * Cognito does not put into an access token for one of the pool's clients (RFC 9068 section 4 is the model). To be
 * called for every request, since its answer changes with time.
 */
export function parsePrincipal(claims: Claims, rules: PrincipalRules): UserPrincipal | MachinePrincipal {
  const { pool } = rules;
  if (claims.token_use !== 'access') throw invalidToken('"token_use" must be access; got something else');
  checkAudience(claims.aud, pool.audience);
  const { issuedAt, expiresAt } = parseTimes(claims, rules);
  checkOtherClaims(claims);
  const clientId = parseText(claims, 'client_id');
  const subject = parseText(claims, 'sub');
  const scopes = withImplied(parseScopes(claims.scope), pool.impliedScopes, clientId);
  const tenant = pool.tenant && parseTenant(claims, pool.tenant);
  const identity = {
    ...(tenant && { tenant }),
    issuer: pool.issuer,
    subject,
    clientId,
    ...scopes,
    issuedAt,
    expiresAt,
  };
  if (pool.machineClientIds.includes(clientId)) {
    if (subject !== clientId || claims.username !== undefined) {
      throw invalidToken('the client is configured as a machine client; got the token of a user');
    }
    return { kind: 'machine', ...identity };
  }
  if (!pool.userClientIds.includes(clientId))
    throw invalidToken('"client_id" must be a configured client; got another');
  if (subject === clientId) throw invalidToken('the client is configured as a user client; got the token of a machine');
  parseText(claims, 'username');
  const authTime = parseTime(claims, 'auth_time');
  // Otherwise "no older than" would hold for years.
  if (authTime > issuedAt + rules.graceSeconds)
    throw invalidToken('"auth_time" must not be after "iat"; got a later time');
  return { kind: 'user', ...identity, authTime, originTokenId: parseOptionalText(claims, 'origin_jti') };
}

function checkAudience(actual: unknown, expected: string | undefined): void {
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

function parseTimes(claims: Claims, { graceSeconds, maxLifetimeSeconds, nowSeconds }: PrincipalRules) {
  const expiresAt = parseTime(claims, 'exp');
  const issuedAt = parseTime(claims, 'iat');
  const notBefore = claims.nbf === undefined ? issuedAt : parseTime(claims, 'nbf');
  // RFC 7519 section 4.1.4: not accepted on or after the expiration time.
  if (expiresAt + graceSeconds <= nowSeconds) throw expiredToken();
  for (const [name, time] of [['iat', issuedAt] as const, ['nbf', notBefore] as const]) {
    if (time <= nowSeconds + graceSeconds) continue;
    const hint = 'its time of issue lies ahead; the clocks of this server and of who issued it differ';
    throw invalidToken(`"${name}" must not be in the future; got ${time - nowSeconds} s ahead`, { hint });
  }
  const lifetime = expiresAt - issuedAt;
  if (lifetime <= 0 || lifetime > maxLifetimeSeconds) {
    throw invalidToken(`"exp" must be 1 to ${maxLifetimeSeconds} s after "iat"; got ${lifetime} s`);
  }
  return { issuedAt, expiresAt };
}

/** Claims that are not used here but whose wrong type shows that no user pool of ours made the token. */
function checkOtherClaims(claims: Claims): void {
  const groups = claims['cognito:groups'];
  if (groups !== undefined && !isStringArray(groups)) {
    throw invalidToken('"cognito:groups" must be an array of strings; got another type');
  }
  parseOptionalText(claims, 'jti');
}

/** The claim is there and well-formed, or the token is refused: without a tenant it would be in another one's. */
function parseTenant(claims: Claims, source: TenantSource): string {
  if (!('claim' in source)) return source.name;
  const { claim } = source;
  const value = claims[claim];
  if (isTenantName(value)) return value;
  throw invalidToken(`"${claim}" must name a tenant: ${tenantNameRule}; got ${typeof value}`, {
    hint: `the access token must name its tenant in the claim ${claim}`,
  });
}

/** RFC 6749 section 3.3: scopes are separated by single spaces; nothing else separates them. */
function parseScopes(scope: unknown): ReadonlySet<string> {
  if (scope === undefined) return new Set();
  if (typeof scope !== 'string') throw invalidToken(`"scope" must be a string; got ${typeof scope}`);
  return new Set(scope.split(' ').filter((name) => name !== ''));
}

/** The scopes of the token, and those that its client implies. */
function withImplied(
  granted: ReadonlySet<string>,
  impliedScopes: UserPool['impliedScopes'] = {},
  clientId: string,
): Pick<UserPrincipal, 'scopes' | 'impliedScopes'> {
  const ofClient = Object.hasOwn(impliedScopes, clientId) ? (impliedScopes[clientId] ?? []) : [];
  const implied = ofClient.filter((scope) => !granted.has(scope));
  if (implied.length === 0) return { scopes: granted };
  return { scopes: new Set([...granted, ...implied]), impliedScopes: new Set(implied) };
}

/** RFC 7519 section 2, NumericDate; Cognito's are whole seconds. */
function parseTime(claims: Claims, name: string): number {
  const value = claims[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalidToken(`"${name}" must be whole seconds since the epoch; got ${typeof value}`);
  }
  return value;
}

function parseOptionalText(claims: Claims, name: string): string | undefined {
  return claims[name] === undefined ? undefined : parseText(claims, name);
}

/** Text that may become part of a key: no control characters, and no lone surrogates, which databases take for each other. */
function parseText(claims: Claims, name: string): string {
  const value = claims[name];
  if (typeof value !== 'string' || value === '' || value.length > 256 || /[\p{Cc}\p{Cs}]/u.test(value)) {
    throw invalidToken(`"${name}" must be a string of 1 to 256 printable characters; got ${typeof value}`);
  }
  return value;
}

function isStringArray(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
