import { inspect } from 'node:util';
import { checkUrl } from '../httpClient/checkUrl.ts';
import { findTenantProblems, type TenantSource } from './tenant.ts';
import { isStringArray } from './tokenClaims.ts';
import { type HeaderType, headerTypes } from './unverifiedToken.ts';

/**
 * An issuer other than Cognito whose JWT access tokens (RFC 9068) are accepted: Auth0, Okta, Entra, Keycloak and their like.
 * They are signed with RS256. What an issuer does otherwise than RFC 9068 has to be said here, or its tokens are refused.
 */
export interface AccessTokenIssuer {
  /** Compared exactly with the `iss` claim, a trailing slash included. */
  readonly issuer: string;
  /** Where the keys are: `jwks_uri` of the issuer's discovery document. */
  readonly jwksUri: string;
  /** This API, as `aud` must name it. */
  readonly audience: string;
  /** Clients that people sign in through. */
  readonly userClientIds: readonly string[];
  /** Clients that act for themselves (OAuth 2.0 client credentials). */
  readonly machineClientIds: readonly string[];
  /**
   * What the header `typ` may be: `['at+jwt']` unless given, which no other kind of token has. With others allowed, ID tokens
   * are told apart by their audience and their claims, so the audience must not be a client id then.
   */
  readonly headerTypes?: readonly HeaderType[] | undefined;
  /** The claim that names the client: `client_id` unless given. */
  readonly clientClaim?: ClientClaim | undefined;
  /** The claims whose values together are the token's scopes: `['scope']` unless given. */
  readonly scopeClaims?: readonly ScopeClaim[] | undefined;
  /**
   * The claim that names a person for good: `sub` unless given. Never one that can come to name somebody else, as an e-mail
   * address can. The subject of a machine is its client id, whatever its token says.
   */
  readonly subjectClaim?: string | undefined;
  /**
   * Whether tokens of people without an `auth_time` are refused, as they are unless this says `when-sent`. It then counts as
   * the beginning of time: no such token passes `requireRecentSignIn`, and who signs out everywhere stays out.
   */
  readonly authTime?: 'required' | 'when-sent' | undefined;
  /** The tenant that every token belongs to, or the claim that names it; absent when there is only one. */
  readonly tenant?: TenantSource | undefined;
}

const clientClaims = ['client_id', 'azp', 'cid', 'appid'] as const;
const scopeClaims = ['scope', 'scp', 'permissions', 'roles'] as const;

export type ClientClaim = (typeof clientClaims)[number];
export type ScopeClaim = (typeof scopeClaims)[number];

/** Every claim that some issuer names the client in. */
export const allClientClaims: readonly ClientClaim[] = clientClaims;

/** An issuer with nothing left open. */
export type IssuerSettings = AccessTokenIssuer & {
  readonly headerTypes: readonly HeaderType[];
  readonly clientClaim: ClientClaim;
  readonly scopeClaims: readonly ScopeClaim[];
  readonly subjectClaim: string;
  readonly authTime: 'required' | 'when-sent';
};

/** What is left out or undefined has its default: no check is turned off by omission. */
export function withDefaults(issuer: AccessTokenIssuer): IssuerSettings {
  return {
    ...issuer,
    headerTypes: issuer.headerTypes ?? ['at+jwt'],
    clientClaim: issuer.clientClaim ?? 'client_id',
    scopeClaims: issuer.scopeClaims ?? ['scope'],
    subjectClaim: issuer.subjectClaim ?? 'sub',
    authTime: issuer.authTime ?? 'required',
  };
}

/** Everything that is wrong with an issuer, each problem with the name of its setting. */
export function findAccessTokenIssuerProblems(given: AccessTokenIssuer): readonly string[] {
  const { issuer, jwksUri, audience, userClientIds, machineClientIds, tenant, ...settings } = withDefaults(given);
  const unknown = Object.keys(given).filter((name) => !settingNames.has(name));
  const problems = unknown.map((name) => `${name}: expected one of ${[...settingNames].join(', ')}; got this name`);
  // `toSubjectKey` relies on issuers without spaces.
  if (typeof issuer !== 'string' || !/^https?:\/\/\S+$/.test(issuer)) {
    problems.push(`issuer: expected a URL, as the "iss" claim spells it; got ${inspect(issuer)}`);
  }
  const jwksUriProblem = typeof jwksUri === 'string' ? checkUrl(jwksUri) : `expected a URL; got ${inspect(jwksUri)}`;
  if (jwksUriProblem !== undefined) problems.push(`jwksUri: ${jwksUriProblem}`);
  if (typeof audience !== 'string' || audience === '') {
    problems.push(`audience: expected the "aud" that names this API; got ${inspect(audience)}`);
  }
  problems.push(...findClientProblems(userClientIds, machineClientIds));
  problems.push(...findListProblems('headerTypes', settings.headerTypes, headerTypes));
  problems.push(...findListProblems('scopeClaims', settings.scopeClaims, scopeClaims));
  problems.push(...findListProblems('clientClaim', [settings.clientClaim], clientClaims));
  problems.push(...findListProblems('authTime', [settings.authTime], ['required', 'when-sent']));
  if (typeof settings.subjectClaim !== 'string' || settings.subjectClaim === '') {
    problems.push(`subjectClaim: expected the name of a claim; got ${inspect(settings.subjectClaim)}`);
  }
  if (problems.length > 0) return [...problems, ...findTenantProblems(tenant)];
  const onlyAccessTokens = settings.headerTypes.every((type) => type === 'at+jwt');
  if (!onlyAccessTokens && [...userClientIds, ...machineClientIds].includes(audience)) {
    problems.push(
      `audience: expected a name of the API's own, since without the header "typ" at+jwt an ID token for a client is told apart by it; got the client id ${inspect(audience)}`,
    );
  }
  return [...problems, ...findTenantProblems(tenant)];
}

const settingNames: ReadonlySet<string> = new Set([
  ...['issuer', 'jwksUri', 'audience', 'userClientIds', 'machineClientIds'],
  ...['headerTypes', 'clientClaim', 'scopeClaims', 'subjectClaim', 'authTime', 'tenant'],
]);

function findClientProblems(userClientIds: unknown, machineClientIds: unknown): readonly string[] {
  if (!isStringArray(userClientIds) || !isStringArray(machineClientIds)) {
    return [`client ids: expected userClientIds and machineClientIds as arrays of strings; got another type`];
  }
  const clientIds = [...userClientIds, ...machineClientIds];
  const problems: string[] = [];
  if (clientIds.length === 0) problems.push('client ids: expected at least one user or machine client; got none');
  if (clientIds.includes('')) problems.push('client ids: expected non-empty strings; got ""');
  for (const id of new Set(userClientIds.filter((id) => machineClientIds.includes(id)))) {
    problems.push(`client ids: expected user and machine clients apart; got ${JSON.stringify(id)} as both`);
  }
  return problems;
}

function findListProblems(name: string, given: unknown, allowed: readonly string[]): readonly string[] {
  if (isStringArray(given) && given.length > 0 && given.every((word) => allowed.includes(word))) return [];
  return [`${name}: expected one or more of ${allowed.join(', ')}; got ${inspect(given)}`];
}
