import { inspect } from 'node:util';
import type { ClaimsSource } from '../claims/claimsSource.ts';
import type { ClaimsResult, DecisionInput } from '../logic/decisionInput.ts';
import { parsePrincipal } from '../token/parsePrincipal.ts';
import { anonymous, type Principal, toSubjectKey } from '../token/principal.ts';
import { isTenantName, tenantNameRule } from '../token/tenant.ts';
import type { UserPool } from '../token/userPool.ts';
import {
  issueAccessToken,
  issueMachineToken,
  machineTokenClaims,
  testIssuer,
  testUserClientId,
  userTokenClaims,
} from './issueAccessToken.ts';
import type { Members } from './signToken.ts';

/** Somebody who calls the API in tests: what their token says, and what their business record says. */
export type Persona<C> = AnonymousPersona | UserPersona<C> | MachinePersona<C>;

/** The personas of a schema, by name. */
export type Personas<C> = Readonly<Record<string, Persona<C>>>;

type SignedInPersona = UserPersona<unknown> | MachinePersona<unknown>;

export interface AnonymousPersona {
  readonly kind: 'anonymous';
}

export interface UserPersona<C> {
  readonly kind: 'user';
  /** The `sub` of their token; their name unless given. */
  readonly subject?: string;
  /** The tenant that their token names. Either everybody who signs in has one, or nobody. */
  readonly tenant?: string;
  readonly clientId?: string;
  readonly scopes: readonly string[];
  /** Without claims the persona has no business record. */
  readonly claims?: C;
  /** Their record in each group of claims, by its name; none in a group that is not named. */
  readonly groups?: Readonly<Record<string, unknown>>;
  /** How long ago they entered credentials; a minute unless given. */
  readonly authAgeSeconds?: number;
}

export interface MachinePersona<C> {
  readonly kind: 'machine';
  /** Its client id and `sub`; its name unless given. */
  readonly clientId?: string;
  readonly tenant?: string;
  readonly scopes: readonly string[];
  readonly claims?: C;
  readonly groups?: Readonly<Record<string, unknown>>;
}

const tenantClaim = 'tenant';

/** The user pool whose clients the personas sign in through. Throws TypeError for tenants that no token could name. */
export function poolOf(personas: Personas<unknown>): UserPool {
  const machines = Object.entries(personas).flatMap(([name, persona]) => {
    return persona.kind === 'machine' ? [persona.clientId ?? name] : [];
  });
  const users = Object.values(personas).flatMap((persona) => {
    return persona.kind === 'user' && persona.clientId !== undefined ? [persona.clientId] : [];
  });
  return {
    issuer: testIssuer,
    jwksUri: `${testIssuer}/.well-known/jwks.json`,
    userClientIds: [...new Set([testUserClientId, ...users])],
    machineClientIds: machines,
    audience: undefined,
    ...(hasTenants(personas) && { tenant: { claim: tenantClaim } }),
  };
}

function hasTenants(personas: Personas<unknown>): boolean {
  const signedIn = Object.entries(personas).flatMap(([name, persona]) => {
    return persona.kind === 'anonymous' ? [] : [{ name, tenant: persona.tenant }];
  });
  const withTenant = signedIn.filter(({ tenant }) => tenant !== undefined);
  const unusable = withTenant.find(({ tenant }) => !isTenantName(tenant));
  if (unusable) {
    throw new TypeError(
      `persona "${unusable.name}": tenant must be ${tenantNameRule}; got ${inspect(unusable.tenant)}`,
    );
  }
  const without = signedIn.find(({ tenant }) => tenant === undefined);
  if (withTenant.length > 0 && without) {
    const expected = `persona "${without.name}": expected a tenant, as "${withTenant[0]?.name}" has one`;
    throw new TypeError(`${expected}; got none. Give one to everybody who signs in, or to nobody.`);
  }
  return withTenant.length > 0;
}

/** The persona's access token, with what of its claims is to differ. */
export async function issueTokenOf(name: string, persona: SignedInPersona, claims: Members = {}): Promise<string> {
  const issue = persona.kind === 'machine' ? issueMachineToken : issueAccessToken;
  return issue({ ...tokenClaimsOf(name, persona), ...claims });
}

/** The claims source in which each persona has the business record that it is given. */
export function createPersonasClaimsSource<C>(personas: Personas<C>): ClaimsSource<C> {
  return createSource(personas, (persona) => persona.claims);
}

/** The same for a group of claims. */
export function createPersonasGroupSource(personas: Personas<unknown>, group: string): ClaimsSource<unknown> {
  return createSource(personas, (persona) => recordIn(persona, group));
}

function recordIn({ groups = {} }: SignedInPersona, group: string): unknown {
  return Object.hasOwn(groups, group) ? groups[group] : undefined;
}

function createSource<C>(
  personas: Personas<C>,
  recordOf: (persona: UserPersona<C> | MachinePersona<C>) => C | undefined,
): ClaimsSource<C> {
  const records = new Map(
    Object.entries(personas).flatMap(([name, persona]) => {
      const principal = principalOf(name, persona, personas);
      if (principal.kind === 'anonymous' || persona.kind === 'anonymous') return [];
      const record = recordOf(persona);
      return record === undefined ? [] : [[toSubjectKey(principal), record] as const];
    }),
  );
  return {
    async fetchClaims(subjects) {
      const found = subjects.map(toSubjectKey).flatMap((key) => {
        const claims = records.get(key);
        return claims === undefined ? [] : [[key, claims] as const];
      });
      return new Map(found);
    },
  };
}

/** What the rules know of the persona once its claims are settled. */
export function factsOf<C>(name: string, persona: Persona<C>, personas: Personas<C>): DecisionInput<C> {
  const asOf = new Date();
  const stateOf = <T>(claims: T | undefined): ClaimsResult<T> =>
    claims === undefined ? { state: 'absent', asOf } : { state: 'found', claims, asOf };
  return {
    principal: principalOf(name, persona, personas),
    claims: stateOf(persona.kind === 'anonymous' ? undefined : persona.claims),
    groups: { get: (group) => stateOf(persona.kind === 'anonymous' ? undefined : recordIn(persona, group)) },
    nowSeconds: Math.floor(asOf.getTime() / 1000),
  };
}

function principalOf(name: string, persona: Persona<unknown>, personas: Personas<unknown>): Principal {
  if (persona.kind === 'anonymous') return anonymous;
  return parsePrincipal(tokenClaimsOf(name, persona), {
    pool: poolOf(personas),
    graceSeconds: 0,
    maxLifetimeSeconds: 86_400,
    nowSeconds: Math.floor(Date.now() / 1000),
  });
}

function tokenClaimsOf(name: string, persona: SignedInPersona): Members {
  const scope = persona.scopes.join(' ');
  const tenant = persona.tenant === undefined ? {} : { [tenantClaim]: persona.tenant };
  if (persona.kind === 'machine') {
    const clientId = persona.clientId ?? name;
    return { ...machineTokenClaims(), sub: clientId, client_id: clientId, scope, ...tenant };
  }
  const { subject = name, clientId = testUserClientId, authAgeSeconds = 60 } = persona;
  const claims = userTokenClaims();
  const signedInAt = claims.iat + 60 - authAgeSeconds;
  return { ...claims, sub: subject, client_id: clientId, username: name, scope, auth_time: signedInAt, ...tenant };
}
