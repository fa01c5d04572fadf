import type { MachinePrincipal, UserPrincipal } from './principal.ts';
import {
  type Claims,
  checkAudience,
  isStringArray,
  parseAuthTime,
  parseOptionalText,
  parseScopes,
  parseTenant,
  parseText,
  parseTimes,
  type TimeRules,
} from './tokenClaims.ts';
import { invalidToken } from './tokenError.ts';
import type { UserPool } from './userPool.ts';

export interface PrincipalRules extends TimeRules {
  readonly pool: UserPool;
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
  const times = parseTimes(claims, rules);
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
    ...times,
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
  const authTime = parseAuthTime(claims, times, rules);
  return { kind: 'user', ...identity, authTime, originTokenId: parseOptionalText(claims, 'origin_jti') };
}

/** Claims that are not used here but whose wrong type shows that no user pool of ours made the token. */
function checkOtherClaims(claims: Claims): void {
  const groups = claims['cognito:groups'];
  if (groups !== undefined && !isStringArray(groups)) {
    throw invalidToken('"cognito:groups" must be an array of strings; got another type');
  }
  parseOptionalText(claims, 'jti');
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
