import { inspect } from 'node:util';
import type { ClaimsSource } from '../claims/claimsSource.ts';
import {
  factsOfPrincipal,
  type MachinePersona,
  type Persona,
  type Personas,
  recordInGroup,
  recordOf,
  type SignedInPersona,
} from '../inspect/persona.ts';
import type { DecisionInput } from '../logic/decisionInput.ts';
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

const tenantClaim = 'tenant';

/** The user pool whose clients the personas sign in through. Throws TypeError for tenants that no token could name. */
export function poolOf(personas: Personas): UserPool {
  const machines = Object.entries(personas).flatMap(([name, persona]) => {
    return persona.kind === 'machine' ? [clientIdOf(name, persona)] : [];
  });
  const users = Object.values(personas).flatMap((persona) => {
    const isUser = persona.kind !== 'machine' && persona.kind !== 'anonymous';
    return isUser && persona.clientId !== undefined ? [persona.clientId] : [];
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

function hasTenants(personas: Personas): boolean {
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
  return createSource<C>(personas, recordOf);
}

/** The same for a group of claims. */
export function createPersonasGroupSource(personas: Personas, group: string): ClaimsSource<unknown> {
  return createSource(personas, (persona) => recordInGroup(persona, group));
}

function createSource<C>(personas: Personas<C>, recordIn: (persona: Persona<C>) => C | undefined): ClaimsSource<C> {
  const records = new Map(
    Object.entries(personas).flatMap(([name, persona]) => {
      const principal = principalOf(name, persona, personas);
      const record = recordIn(persona);
      return principal.kind === 'anonymous' || record === undefined ? [] : [[toSubjectKey(principal), record] as const];
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

/** What the rules know of the persona once its claims are loaded. */
export function factsOf<C>(name: string, persona: Persona<C>, personas: Personas<C>): DecisionInput<C> {
  return factsOfPrincipal(principalOf(name, persona, personas), persona);
}

function principalOf(name: string, persona: Persona, personas: Personas): Principal {
  if (persona.kind === 'anonymous') return anonymous;
  return parsePrincipal(tokenClaimsOf(name, persona), {
    pool: poolOf(personas),
    graceSeconds: 0,
    maxLifetimeSeconds: 86_400,
    nowSeconds: Math.floor(Date.now() / 1000),
  });
}

function tokenClaimsOf(name: string, persona: SignedInPersona): Members {
  const scope = (persona.scopes ?? []).join(' ');
  const tenant = persona.tenant === undefined ? {} : { [tenantClaim]: persona.tenant };
  if (persona.kind === 'machine') {
    const clientId = clientIdOf(name, persona);
    return { ...machineTokenClaims(), sub: clientId, client_id: clientId, scope, ...tenant };
  }
  const { subject = name, clientId = testUserClientId, authAgeSeconds = 60 } = persona;
  const claims = userTokenClaims();
  const signedInAt = claims.iat + 60 - authAgeSeconds;
  return { ...claims, sub: subject, client_id: clientId, username: name, scope, auth_time: signedInAt, ...tenant };
}

/** The client id of a machine, which is its `sub` too. */
function clientIdOf(name: string, { clientId, subject = name }: MachinePersona): string {
  return clientId ?? subject;
}
