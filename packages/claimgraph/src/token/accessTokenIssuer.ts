import { inspect } from 'node:util';
import { checkUrl } from '../httpClient/checkUrl.ts';
import type { SettingProblem } from '../options.ts';
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

/** Everything that is wrong with the settings of an issuer, whoever gives them. */
export function findAccessTokenIssuerProblems(given: unknown): readonly SettingProblem[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return [{ setting: 'issuer', expected: 'an object of settings', got: inspect(given) }];
  }
  const settings = withDefaults(given as AccessTokenIssuer);
  const { issuer, jwksUri, audience, userClientIds, machineClientIds, subjectClaim, tenant } = settings;
  const problems: SettingProblem[] = Object.keys(given)
    .filter((setting) => !settingNames.has(setting))
    .map((setting) => ({ setting, expected: `one of ${[...settingNames].join(', ')}`, got: 'this name' }));
  const expect = (isRight: boolean, setting: string, expected: string, got: unknown) => {
    if (!isRight) problems.push({ setting, expected, got: inspect(got) });
  };
  // `toSubjectKey` relies on issuers without spaces.
  const isIssuer = typeof issuer === 'string' && /^https?:\/\/\S+$/.test(issuer);
  expect(isIssuer, 'issuer', 'a URL, as the "iss" claim spells it', issuer);
  const jwksUriProblem = checkUrl(jwksUri);
  if (jwksUriProblem) problems.push({ setting: 'jwksUri', ...jwksUriProblem });
  expect(typeof audience === 'string' && audience !== '', 'audience', 'the "aud" that names this API', audience);
  problems.push(...findClientProblems(userClientIds, machineClientIds));
  problems.push(...findListProblems('headerTypes', settings.headerTypes, headerTypes));
  problems.push(...findListProblems('scopeClaims', settings.scopeClaims, scopeClaims));
  problems.push(...findListProblems('clientClaim', [settings.clientClaim], clientClaims));
  problems.push(...findListProblems('authTime', [settings.authTime], ['required', 'when-sent']));
  const isClaim = typeof subjectClaim === 'string' && subjectClaim !== '';
  expect(isClaim, 'subjectClaim', 'the name of a claim', subjectClaim);
  if (problems.length === 0 && !settings.headerTypes.every((type) => type === 'at+jwt')) {
    const isClient = [...userClientIds, ...machineClientIds].includes(audience);
    const expected =
      'a name of the API\'s own, since without the header "typ" at+jwt an ID token for a client is told apart by it';
    if (isClient) problems.push({ setting: 'audience', expected, got: `the client id ${inspect(audience)}` });
  }
  return [...problems, ...findTenantProblems(tenant)];
}

const settingNames: ReadonlySet<string> = new Set([
  ...['issuer', 'jwksUri', 'audience', 'userClientIds', 'machineClientIds'],
  ...['headerTypes', 'clientClaim', 'scopeClaims', 'subjectClaim', 'authTime', 'tenant'],
]);

function findClientProblems(userClientIds: unknown, machineClientIds: unknown): readonly SettingProblem[] {
  const problem = (expected: string, got: string) => ({ setting: 'client ids', expected, got });
  if (!isStringArray(userClientIds) || !isStringArray(machineClientIds)) {
    return [problem('userClientIds and machineClientIds as arrays of strings', 'another type')];
  }
  const clientIds = [...userClientIds, ...machineClientIds];
  const both = [...new Set(userClientIds.filter((id) => machineClientIds.includes(id)))];
  return [
    ...(clientIds.length === 0 ? [problem('at least one user or machine client', 'none')] : []),
    ...(clientIds.includes('') ? [problem('non-empty strings', '""')] : []),
    ...both.map((id) => problem('user and machine clients apart', `${JSON.stringify(id)} as both`)),
  ];
}

function findListProblems(setting: string, given: unknown, allowed: readonly string[]): readonly SettingProblem[] {
  if (isStringArray(given) && given.length > 0 && given.every((word) => allowed.includes(word))) return [];
  return [{ setting, expected: `one or more of ${allowed.join(', ')}`, got: inspect(given) }];
}
