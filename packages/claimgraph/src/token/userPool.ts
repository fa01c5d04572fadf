import { ConfigurationError } from '../errors.ts';
import { checkUrl, isLoopbackHost } from '../httpClient/checkUrl.ts';
import { describeProblem, describeUnexpected } from '../options.ts';
import { awsDomainOf, isAwsRegion } from './awsRegion.ts';
import { findTenantProblems, type TenantSource } from './tenant.ts';

/** Another name of a user pool, and where the keys are that sign tokens which name it so. */
export interface IssuerAlias {
  readonly issuer: string;
  readonly jwksUri: string;
}

/** A Cognito user pool whose access tokens are accepted. Issuers are compared exactly with the `iss` claim. */
export interface UserPool {
  /** The canonical issuer: what principals, claims, revocations and logs name, whatever alias a token names. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** What else the pool is, was or will be called: records that are about an alias are about the pool. */
  readonly aliases?: readonly IssuerAlias[] | undefined;
  /** Which of its names tokens may have; all of them unless given. */
  readonly acceptedIssuers?: readonly string[] | undefined;
  /** Clients that people sign in through. */
  readonly userClientIds: readonly string[];
  /** Clients that act for themselves (OAuth 2.0 client credentials). */
  readonly machineClientIds: readonly string[];
  /**
   * Scopes that tokens of a client have besides those they carry, by client id: sign-in through the SDK and Amplify yields
   * no other scope than `aws.cognito.signin.user.admin`. They are whoever's who signs in there; clients that are not named
   * imply none.
   */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>> | undefined;
  /** What `aud` must name (resource binding, RFC 8707); undefined refuses every token that has an `aud`. */
  readonly audience: string | undefined;
  /** The tenant that every token of the pool belongs to, or the claim that names it; absent when there is only one. */
  readonly tenant?: TenantSource | undefined;
}

/** The settings of a user pool, or of another issuer, are unusable; `problems` has all of them, each naming its setting. */
export class InvalidUserPoolError extends ConfigurationError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the settings of user pools and issuers cannot be used:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }
}

export type IssuerForm = 'standard' | 'issuer-prefixed' | 'both';

export interface CognitoUserPoolSettings {
  /** The pool's own region: that which its id begins with unless given. */
  readonly region?: string;
  readonly userPoolId: string;
  /**
   * Which of Cognito's two issuer names the pool is set to put into its tokens, `standard` unless changed; `both` while
   * tokens of one form are still about after the pool was switched to the other.
   */
  readonly issuerForm?: IssuerForm;
  /** Further regions whose replicas of the pool issue tokens in their own name. */
  readonly replicaRegions?: readonly string[];
  /** Clients that people sign in through; none unless given, but then `machineClientIds` has some. */
  readonly userClientIds?: readonly string[];
  /** Clients that act for themselves; none unless given. */
  readonly machineClientIds?: readonly string[];
  /** Scopes that tokens of a client have besides those they carry, by client id; none unless given. */
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
  /**
   * Where the keys are instead, for all names of the pool: to try a production build without AWS. Whoever answers there
   * can sign tokens, so it is an address of this machine, unless `jwksHost` names its host once more.
   */
  readonly jwksUri?: string | undefined;
  readonly jwksHost?: string | undefined;
  readonly audience?: string | undefined;
  /** The tenant of every token of the pool. */
  readonly tenant?: string | undefined;
  /** Instead: the claim of the access token that names its tenant. */
  readonly tenantClaim?: string | undefined;
}

/**
 * The user pool that Cognito runs under an id; throws InvalidUserPoolError with everything that is wrong. Its canonical
 * issuer is always the standard one of its own region, so that switching the form changes nobody's identity.
 */
export function cognitoUserPool(settings: CognitoUserPoolSettings): UserPool {
  const { userPoolId, userClientIds = [], machineClientIds = [], audience } = settings;
  const { region = regionOf(userPoolId) } = settings;
  const { issuerForm = 'standard', replicaRegions = [] } = settings;
  const tenant = toTenantSource(settings);
  const problems: string[] = [];
  if (settings.region !== undefined && !isAwsRegion(region)) {
    problems.push(`region: expected an AWS region such as eu-west-1; got ${JSON.stringify(region)}`);
  }
  if (!isUserPoolId(userPoolId, settings.region)) {
    problems.push(
      `userPoolId: expected the region, "_" and letters or digits, such as eu-west-1_AbCdEf123; got ${JSON.stringify(userPoolId)}`,
    );
  }
  for (const id of [...userClientIds, ...machineClientIds].filter((id) => id !== '' && !isClientId(id))) {
    problems.push(`client ids: expected 1 to 128 of A-Z, a-z, 0-9, "_" and "+"; got ${JSON.stringify(id)}`);
  }
  for (const replica of replicaRegions) {
    const isOther = replica !== region && awsDomainOf(replica) === awsDomainOf(region);
    if (isAwsRegion(replica) && isOther) continue;
    problems.push(`replicaRegions: expected other regions of ${region}'s partition; got ${JSON.stringify(replica)}`);
  }
  const jwksUriProblem = findJwksUriProblem(settings);
  if (jwksUriProblem !== undefined) problems.push(`jwksUri: ${jwksUriProblem}`);
  const regions = [region, ...replicaRegions];
  const named = (service: string) =>
    regions.map((of) => {
      const { issuer, jwksUri } = cognitoIssuer(service, of, userPoolId);
      return { issuer, jwksUri: settings.jwksUri ?? jwksUri };
    });
  const [standard, prefixed] = [named('cognito-idp'), named('issuer-cognito-idp')];
  const [canonical, ...otherStandard] = standard;
  const accepted = [
    ...(issuerForm === 'issuer-prefixed' ? [] : standard),
    ...(issuerForm === 'standard' ? [] : prefixed),
  ];
  const pool = {
    ...(canonical ?? cognitoIssuer('cognito-idp', region, userPoolId)),
    aliases: [...otherStandard, ...prefixed],
    acceptedIssuers: accepted.map(({ issuer }) => issuer),
    userClientIds,
    machineClientIds,
    audience,
    ...(settings.impliedScopes && { impliedScopes: settings.impliedScopes }),
    ...(tenant && { tenant }),
  };
  problems.push(...findClientProblems(pool), ...findTenantProblems(tenant).map(describeProblem));
  if (settings.tenant !== undefined && settings.tenantClaim !== undefined) {
    problems.push('tenant: expected a tenant or a tenantClaim; got both');
  }
  if (problems.length > 0) throw new InvalidUserPoolError(problems);
  return pool;
}

/** Why keys must not come from there; undefined when they may, or come from Cognito. */
export function findJwksUriProblem({
  jwksUri,
  jwksHost,
}: Pick<CognitoUserPoolSettings, 'jwksUri' | 'jwksHost'>): string | undefined {
  if (jwksUri === undefined) {
    return jwksHost === undefined ? undefined : 'expected an address beside the host that is trusted; got none';
  }
  const problem = checkUrl(jwksUri);
  if (problem !== undefined) return describeUnexpected(problem);
  const { hostname } = new URL(jwksUri);
  if (isLoopbackHost(hostname) || hostname === jwksHost) return undefined;
  return `expected an address of this machine, for whoever answers there can sign tokens; got the host ${hostname}, which is not named as trusted`;
}

function cognitoIssuer(service: string, region: string, userPoolId: string): IssuerAlias {
  const issuer = `https://${service}.${region}.${awsDomainOf(region)}/${userPoolId}`;
  return { issuer, jwksUri: `${issuer}/.well-known/jwks.json` };
}

/** The names of a pool that its tokens may have, each with its keys. */
export function acceptedIssuersOf(pool: UserPool): readonly IssuerAlias[] {
  const { issuer, jwksUri, aliases = [], acceptedIssuers } = pool;
  const all = [{ issuer, jwksUri }, ...aliases];
  return acceptedIssuers ? all.filter((name) => acceptedIssuers.includes(name.issuer)) : all;
}

function regionOf(userPoolId: string): string {
  const [region = ''] = /^[^_]*/.exec(userPoolId) ?? [];
  return region;
}

/** A region, "_" and letters or digits: those of the given region, or of any. */
export function isUserPoolId(text: string, region?: string): boolean {
  const [, ofPool = '', rest = ''] = /^([^_]*)_(.*)$/s.exec(text) ?? [];
  return (region === undefined ? isAwsRegion(ofPool) : ofPool === region) && /^[A-Za-z0-9]{1,55}$/.test(rest);
}

/** The pattern of ClientId in Cognito's API reference. */
export function isClientId(text: string): boolean {
  return /^[\w+]{1,128}$/.test(text);
}

/** Everything that is wrong with a pool, however it was made. */
export function findUserPoolProblems(pool: UserPool): readonly string[] {
  return [
    ...findIssuerProblems(pool),
    ...(pool.aliases ?? []).flatMap((alias) => findIssuerProblems(alias).map((problem) => `aliases: ${problem}`)),
    ...findAcceptedProblems(pool),
    ...findClientProblems(pool),
    ...findTenantProblems(pool.tenant).map(describeProblem),
  ];
}

function findIssuerProblems({ issuer, jwksUri }: IssuerAlias): readonly string[] {
  const problems: string[] = [];
  // `toSubjectKey` relies on issuers without spaces.
  if (!/^https?:\/\/\S+[^\s/]$/.test(issuer)) {
    problems.push(`issuer: expected a URL without a trailing slash; got ${JSON.stringify(issuer)}`);
  }
  const jwksUriProblem = checkUrl(jwksUri);
  if (jwksUriProblem) problems.push(describeProblem({ setting: 'jwksUri', ...jwksUriProblem }));
  return problems;
}

function findAcceptedProblems({ issuer, aliases = [], acceptedIssuers }: UserPool): readonly string[] {
  const names = [issuer, ...aliases.map((alias) => alias.issuer)];
  const problems: string[] = [];
  if (new Set(names).size < names.length) problems.push('aliases: expected names other than the issuer, each once');
  if (acceptedIssuers === undefined) return problems;
  const unknown = acceptedIssuers.filter((accepted) => !names.includes(accepted));
  if (acceptedIssuers.length === 0 || unknown.length > 0) {
    const got = unknown.map((accepted) => JSON.stringify(accepted)).join(', ') || 'none';
    problems.push(`acceptedIssuers: expected some of ${names.join(', ')}; got ${got}`);
  }
  return problems;
}

function toTenantSource({ tenant, tenantClaim }: CognitoUserPoolSettings): TenantSource | undefined {
  if (tenantClaim !== undefined) return { claim: tenantClaim };
  return tenant === undefined ? undefined : { name: tenant };
}

function findClientProblems(pool: UserPool): readonly string[] {
  const { userClientIds, machineClientIds, impliedScopes, audience } = pool;
  const problems: string[] = [];
  const clientIds = [...userClientIds, ...machineClientIds];
  if (clientIds.length === 0) problems.push('client ids: expected at least one user or machine client; got none');
  if (clientIds.includes('')) problems.push('client ids: expected non-empty strings; got ""');
  for (const id of new Set(userClientIds.filter((id) => machineClientIds.includes(id)))) {
    problems.push(`client ids: expected user and machine clients apart; got ${JSON.stringify(id)} as both`);
  }
  problems.push(...findImpliedScopeProblems(impliedScopes, clientIds));
  if (audience === '') problems.push('audience: expected a non-empty string, or undefined for none; got ""');
  return problems;
}

function findImpliedScopeProblems(
  implied: UserPool['impliedScopes'] = {},
  clientIds: readonly string[],
): readonly string[] {
  return Object.entries(implied).flatMap(([clientId, scopes]) => {
    if (!clientIds.includes(clientId)) {
      return [`impliedScopes: expected client ids of the pool; got ${JSON.stringify(clientId)}`];
    }
    if (Array.isArray(scopes) && scopes.length > 0 && scopes.every(isScope)) return [];
    return [
      `impliedScopes: expected one or more scopes for ${JSON.stringify(clientId)}; got ${JSON.stringify(scopes)}`,
    ];
  });
}

/** RFC 6749 section 3.3, scope-token. */
export function isScope(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text);
}
