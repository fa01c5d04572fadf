import type { ClaimsResult, DecisionInput } from '../logic/decisionInput.ts';
import { anonymous, type Principal } from '../token/principal.ts';
import type { Candidates } from './changeCandidates.ts';

/**
 * Somebody that a schema's access is looked at for, or who calls it in tests: what their token says, and what their
 * business record says. `C` is what the claims source gives.
 */
export type Persona<C = unknown> = UserPersona<C> | MachinePersona<C> | AnonymousPersona;

/** By name, in the order in which they are shown. */
export type Personas<C = unknown> = Readonly<Record<string, Persona<C>>>;

/** Nobody: neither a token nor a business record. */
export interface AnonymousPersona {
  readonly kind: 'anonymous';
}

/** A person who signed in. */
export interface UserPersona<C = unknown> extends TokenPersona<C> {
  readonly kind?: 'user';
  /** How long ago they entered credentials; a minute unless given. */
  readonly authAgeSeconds?: number;
}

/** A client that signed in for itself: its `sub` and its client id are one. */
export interface MachinePersona<C = unknown> extends TokenPersona<C> {
  readonly kind: 'machine';
}

interface TokenPersona<C> {
  /** None unless given. */
  readonly scopes?: readonly string[];
  /** Without claims, or with null, there is no business record. */
  readonly claims?: C | null;
  /** Their record in each group of claims, by its name; none in a group that is not named. */
  readonly groups?: Readonly<Record<string, unknown>>;
  /** The token's `sub`; the persona's name unless given. */
  readonly subject?: string;
  /** The tenant that their token names; none unless given. */
  readonly tenant?: string;
  /** The token's client; for a machine its `sub`, unless given. */
  readonly clientId?: string;
}

/** A persona with a token. */
export type SignedInPersona<C = unknown> = UserPersona<C> | MachinePersona<C>;

/** No pool has this issuer (RFC 2606 section 2): nobody's token is made up here. */
const issuer = 'https://personas.invalid';

/** What personas have, to try on somebody else. */
export function candidatesOf(personas: Personas): Candidates {
  const all = Object.entries(personas);
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [name, persona] of all) {
    for (const [group, record] of Object.entries(('groups' in persona && persona.groups) || {})) {
      groups[group] = { ...groups[group], [name]: record };
    }
  }
  return { records: Object.fromEntries(all.map(([name, persona]) => [name, recordOf(persona)])), groups };
}

/** What the rules know of a persona whose claims have been read just now. */
export function factsOfPersona(name: string, persona: Persona, now = new Date()): DecisionInput {
  return factsOfPrincipal(principalOf(name, persona, Math.floor(now.getTime() / 1000)), persona, now);
}

/** The same for a principal that the persona's token was read as. */
export function factsOfPrincipal<C>(principal: Principal, persona: Persona<C>, now = new Date()): DecisionInput<C> {
  const stateOf = <T>(record: T | undefined): ClaimsResult<T> =>
    record === undefined ? { state: 'absent', asOf: now } : { state: 'found', claims: record, asOf: now };
  return {
    principal,
    claims: stateOf(recordOf(persona)),
    groups: { get: (group) => stateOf(recordInGroup(persona, group)) },
    nowSeconds: Math.floor(now.getTime() / 1000),
  };
}

/** The business record of a persona; undefined where there is none. */
export function recordOf<C>(persona: Persona<C>): C | undefined {
  return persona.kind === 'anonymous' ? undefined : (persona.claims ?? undefined);
}

/** The same in a group of claims. */
export function recordInGroup(persona: Persona, group: string): unknown {
  if (persona.kind === 'anonymous' || !persona.groups || !Object.hasOwn(persona.groups, group)) return undefined;
  return persona.groups[group] ?? undefined;
}

function principalOf(name: string, persona: Persona, nowSeconds: number): Principal {
  if (persona.kind === 'anonymous') return anonymous;
  const { scopes = [], subject = name, tenant } = persona;
  const authAgeSeconds = persona.kind === 'machine' ? 60 : (persona.authAgeSeconds ?? 60);
  const issuedAt = nowSeconds - Math.min(authAgeSeconds, 60);
  const token = {
    ...(tenant !== undefined && { tenant }),
    issuer,
    scopes: new Set(scopes),
    issuedAt,
    expiresAt: nowSeconds + 3600,
  };
  if (persona.kind === 'machine') {
    const client = persona.clientId ?? subject;
    return { kind: 'machine', ...token, subject: client, clientId: client };
  }
  return {
    kind: 'user',
    ...token,
    subject,
    clientId: persona.clientId ?? 'client',
    authTime: nowSeconds - authAgeSeconds,
    originTokenId: undefined,
  };
}
