import { allClientClaims, type IssuerSettings, type ScopeClaim } from './accessTokenIssuer.ts';
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
import { isScope } from './userPool.ts';

/**
 * The principal of an access token of another issuer than Cognito, whose signature and `iss` are verified: RFC 9068 section
 * 4, and what the settings say that the issuer does otherwise. Throws UnauthenticatedError. To be called for every request,
 * since its answer changes with time.
 */
export function parseIssuerPrincipal(
  claims: Claims,
  settings: IssuerSettings,
  rules: TimeRules,
): UserPrincipal | MachinePrincipal {
  checkKind(claims);
  checkAudience(claims.aud, settings.audience);
  const times = parseTimes(claims, rules);
  parseText(claims, 'sub');
  const clientId = parseClientId(claims, settings);
  const tenant = settings.tenant && parseTenant(claims, settings.tenant);
  const scopes = new Set(settings.scopeClaims.flatMap((name) => [...parseScopeClaim(claims, name)]));
  const identity = { ...(tenant && { tenant }), issuer: settings.issuer, clientId, scopes, ...times };
  const isMachine = isOfMachine(claims, clientId);

  if (settings.machineClientIds.includes(clientId)) {
    if (isMachine) return { kind: 'machine', ...identity, subject: clientId };
    throw invalidToken('the client is configured as a machine client; got a token that does not show it is its own');
  }
  if (!settings.userClientIds.includes(clientId)) {
    throw invalidToken(`"${settings.clientClaim}" must be a configured client; got another`);
  }
  if (isMachine) throw invalidToken('the client is configured as a user client; got the token of a machine');
  const isUnsent = claims.auth_time === undefined && settings.authTime === 'when-sent';
  return {
    kind: 'user',
    ...identity,
    subject: parseText(claims, settings.subjectClaim),
    // Older than whatever is asked for.
    authTime: isUnsent ? 0 : parseAuthTime(claims, times, rules),
    originTokenId: parseOptionalText(claims, 'sid'),
  };
}

/** OpenID Connect Core sections 2, 3.1.3.6 and 3.3.2.11: what ties an ID token to a sign-in, and is in no access token. */
const claimsOfIdTokens = ['nonce', 'at_hash', 'c_hash'];

/** Most issuers sign other kinds of tokens with the same keys. */
function checkKind(claims: Claims): void {
  // Keycloak's `typ` and Cognito's `token_use`.
  const isId = claims.typ === 'ID' || claims.token_use === 'id';
  if (isId || claimsOfIdTokens.some((name) => Object.hasOwn(claims, name))) {
    const hint = 'this is an ID token; send the access token';
    throw invalidToken('an ID token was sent where an access token is expected', { hint });
  }
  if (claims.typ !== undefined && claims.typ !== 'Bearer')
    throw invalidToken('"typ" must be Bearer; got something else');
  if (claims.token_use !== undefined && claims.token_use !== 'access') {
    throw invalidToken('"token_use" must be access; got something else');
  }
  // RFC 7800 section 3.1: whoever sends it has to prove that they hold a key (RFC 9449, RFC 8705), which is not checked here.
  if (claims.cnf !== undefined) throw invalidToken('the token is bound to a key ("cnf"); expected a bearer token');
}

/** From the one claim that is configured; another that names another client shows that it was the wrong one to ask. */
function parseClientId(claims: Claims, { clientClaim }: IssuerSettings): string {
  const clientId = parseText(claims, clientClaim);
  const other = allClientClaims.find((name) => claims[name] !== undefined && claims[name] !== clientId);
  if (other === undefined) return clientId;
  throw invalidToken(`"${clientClaim}" and "${other}" must name one client; got two`);
}

/** `scope` is a string (RFC 6749 section 3.3), `scp` that or an array, the others are arrays. */
function parseScopeClaim(claims: Claims, name: ScopeClaim): ReadonlySet<string> {
  const value = claims[name];
  if (name === 'scope' || (name === 'scp' && typeof value === 'string')) return parseScopes(value);
  if (value === undefined) return new Set();
  if (isStringArray(value) && value.every(isScope)) return new Set(value);
  throw invalidToken(`"${name}" must be an array of scopes; got something else`);
}

/**
 * Whether a token says of itself that nobody signed in for it. RFC 9068 section 2.2 leaves open how, so each issuer has its
 * way; a client that is configured as the one kind and shows itself as the other is refused.
 */
function isOfMachine(claims: Claims, clientId: string): boolean {
  const { sub, gty, idtyp, oid, scp, preferred_username: name } = claims;
  return (
    // Okta, and RFC 9068 section 5.
    sub === clientId ||
    // Auth0, with either of its token profiles.
    sub === `${clientId}@clients` ||
    gty === 'client-credentials' ||
    // Entra, with and without the optional claim: a person's `sub` is another than their `oid`.
    idtyp === 'app' ||
    (oid !== undefined && oid === sub && scp === undefined) ||
    // Keycloak: the service account of the client.
    (typeof name === 'string' && name === `service-account-${clientId}`.toLowerCase())
  );
}
