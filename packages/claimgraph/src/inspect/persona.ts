import type { ClaimsResult, DecisionInput } from '../logic/decisionInput.ts';
import type { Principal } from '../token/principal.ts';
import type { Candidates } from './changeCandidates.ts';

/**
 * Somebody that a schema's access is looked at for: what their token says, and what their business record says. Without
 * `claims`, or with null, there is no business record.
 */
export interface Persona {
  /** `user` unless given. */
  readonly kind?: 'user' | 'machine' | 'anonymous';
  /** None unless given. */
  readonly scopes?: readonly string[];
  readonly claims?: unknown;
  /** Their record in each group of claims, by its name; none in a group that is not named. */
  readonly groups?: Readonly<Record<string, unknown>>;
  /** How long ago they entered credentials; a minute unless given. */
  readonly authAgeSeconds?: number;
  /** The token's `sub`; the persona's name unless given. */
  readonly subject?: string;
  /** The tenant that their token names; none unless given. */
  readonly tenant?: string;
  /** The token's client; for a machine its name, for a user `client`, unless given. */
  readonly clientId?: string;
}

/** By name, in the order in which they are shown. */
export type Personas = Readonly<Record<string, Persona>>;

/** No pool has this issuer (RFC 2606 section 2): nobody's token is made up here. */
const issuer = 'https://personas.invalid';

/** What personas have, to try on somebody else. */
export function candidatesOf(personas: Personas): Candidates {
  const all = Object.entries(personas);
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [name, persona] of all) {
    for (const [group, record] of Object.entries(persona.groups ?? {})) {
      groups[group] = { ...groups[group], [name]: record };
    }
  }
  return { records: Object.fromEntries(all.map(([name, { claims }]) => [name, claims])), groups };
}

/** What the rules know of a persona whose claims have been read just now. */
export function factsOfPersona(name: string, persona: Persona, now = new Date()): DecisionInput {
  const { kind, claims, groups = {} } = persona;
  const stateOf = (record: unknown): ClaimsResult<unknown> => {
    const found = kind !== 'anonymous' && record !== undefined && record !== null;
    return found ? { state: 'found', claims: record, asOf: now } : { state: 'absent', asOf: now };
  };
  const nowSeconds = Math.floor(now.getTime() / 1000);
  return {
    principal: principalOf(name, persona, nowSeconds),
    claims: stateOf(claims),
    groups: { get: (group) => stateOf(Object.hasOwn(groups, group) ? groups[group] : undefined) },
    nowSeconds,
  };
}

function principalOf(name: string, persona: Persona, nowSeconds: number): Principal {
  const { kind = 'user', scopes: given = [], authAgeSeconds = 60, subject = name, tenant, clientId } = persona;
  if (kind === 'anonymous') return { kind, scopes: new Set() };
  const scopes = new Set(given);
  const issuedAt = nowSeconds - Math.min(authAgeSeconds, 60);
  const token = { ...(tenant !== undefined && { tenant }), issuer, scopes, issuedAt, expiresAt: nowSeconds + 3600 };
  if (kind === 'machine') {
    const client = clientId ?? subject;
    return { kind, ...token, subject: client, clientId: client };
  }
  return {
    kind,
    ...token,
    subject,
    clientId: clientId ?? 'client',
    authTime: nowSeconds - authAgeSeconds,
    originTokenId: undefined,
  };
}
