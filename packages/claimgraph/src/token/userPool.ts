import { ConfigurationError } from '../errors.ts';
import { checkUrl } from '../httpClient/checkUrl.ts';
import { findTenantProblems, type TenantSource } from './tenant.ts';

/** A Cognito user pool whose access tokens are accepted. Its `issuer` is compared exactly with the `iss` claim. */
export interface UserPool {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Clients that people sign in through. */
  readonly userClientIds: readonly string[];
  /** Clients that act for themselves (OAuth 2.0 client credentials). */
  readonly machineClientIds: readonly string[];
  /** What `aud` must name (resource binding, RFC 8707); undefined refuses every token that has an `aud`. */
  readonly audience: string | undefined;
  /** The tenant that every token of the pool belongs to, or the claim that names it; absent when there is only one. */
  readonly tenant?: TenantSource | undefined;
}

/** The settings of a user pool are unusable; `problems` has all of them, each naming its setting. */
export class InvalidUserPoolError extends ConfigurationError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the user pool settings cannot be used:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }
}

export interface CognitoUserPoolSettings {
  readonly region: string;
  readonly userPoolId: string;
  /** Which of Cognito's two issuer names the pool is set to put into its tokens; `standard` unless changed. */
  readonly issuerForm?: 'standard' | 'issuer-prefixed';
  readonly userClientIds: readonly string[];
  readonly machineClientIds: readonly string[];
  readonly audience?: string | undefined;
  /** The tenant of every token of the pool. */
  readonly tenant?: string | undefined;
  /** Instead: the claim of the access token that names its tenant. */
  readonly tenantClaim?: string | undefined;
}

/** The user pool that Cognito runs under an id; throws InvalidUserPoolError with everything that is wrong. */
export function cognitoUserPool(settings: CognitoUserPoolSettings): UserPool {
  const { region, userPoolId, issuerForm = 'standard', userClientIds, machineClientIds, audience } = settings;
  const tenant = toTenantSource(settings);
  const problems: string[] = [];
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region)) {
    problems.push(`region: expected an AWS region such as eu-west-1; got ${JSON.stringify(region)}`);
  }
  if (!/^[A-Za-z0-9]{1,55}$/.test(userPoolId.startsWith(`${region}_`) ? userPoolId.slice(region.length + 1) : '')) {
    problems.push(
      `userPoolId: expected the region, "_" and letters or digits, such as eu-west-1_AbCdEf123; got ${JSON.stringify(userPoolId)}`,
    );
  }
  // The pattern of ClientId in Cognito's API reference.
  for (const id of [...userClientIds, ...machineClientIds].filter((id) => !/^[\w+]{0,128}$/.test(id))) {
    problems.push(`client ids: expected 1 to 128 of A-Z, a-z, 0-9, "_" and "+"; got ${JSON.stringify(id)}`);
  }
  const host = `${issuerForm === 'standard' ? '' : 'issuer-'}cognito-idp.${region}.amazonaws.com`;
  const issuer = `https://${host}/${userPoolId}`;
  const jwksUri = `${issuer}/.well-known/jwks.json`;
  const pool = { issuer, jwksUri, userClientIds, machineClientIds, audience, ...(tenant && { tenant }) };
  problems.push(...findClientProblems(pool), ...findTenantProblems(tenant));
  if (settings.tenant !== undefined && settings.tenantClaim !== undefined) {
    problems.push('tenant: expected a tenant or a tenantClaim; got both');
  }
  if (problems.length > 0) throw new InvalidUserPoolError(problems);
  return pool;
}

/** Everything that is wrong with a pool, however it was made. */
export function findUserPoolProblems(pool: UserPool): readonly string[] {
  const problems: string[] = [];
  // `toSubjectKey` relies on issuers without spaces.
  if (!/^https?:\/\/\S+[^\s/]$/.test(pool.issuer)) {
    problems.push(`issuer: expected a URL without a trailing slash; got ${JSON.stringify(pool.issuer)}`);
  }
  const jwksUriProblem = checkUrl(pool.jwksUri);
  if (jwksUriProblem !== undefined) problems.push(`jwksUri: ${jwksUriProblem}`);
  return [...problems, ...findClientProblems(pool), ...findTenantProblems(pool.tenant)];
}

function toTenantSource({ tenant, tenantClaim }: CognitoUserPoolSettings): TenantSource | undefined {
  if (tenantClaim !== undefined) return { claim: tenantClaim };
  return tenant === undefined ? undefined : { name: tenant };
}

function findClientProblems({ userClientIds, machineClientIds, audience }: UserPool): readonly string[] {
  const problems: string[] = [];
  const clientIds = [...userClientIds, ...machineClientIds];
  if (clientIds.length === 0) problems.push('client ids: expected at least one user or machine client; got none');
  if (clientIds.includes('')) problems.push('client ids: expected non-empty strings; got ""');
  for (const id of new Set(userClientIds.filter((id) => machineClientIds.includes(id)))) {
    problems.push(`client ids: expected user and machine clients apart; got ${JSON.stringify(id)} as both`);
  }
  if (audience === '') problems.push('audience: expected a non-empty string, or undefined for none; got ""');
  return problems;
}
