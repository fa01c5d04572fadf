import type { ClaimGroup, ClaimsResult, DecisionInput } from '../logic/decisionInput.ts';
import type { Principal } from '../token/principal.ts';

/** Somebody who asks for a field, with the arguments and the row as far as they are known. */
export interface Situation {
  readonly facts: DecisionInput;
  /** The coerced arguments; undefined when they are not known. */
  readonly args?: unknown;
  readonly row?: { readonly parent: unknown };
}

/** One thing that could be otherwise. */
export type Change =
  /** Of a caller without a token: a token without scopes, and no business record. */
  | { readonly kind: 'signIn' }
  | { readonly kind: 'scope'; readonly scope: string; readonly has: boolean }
  /** The person signs in anew, so that the sign-in is younger than this. */
  | { readonly kind: 'recentSignIn'; readonly maxAgeSeconds: number }
  /** A business record where there is none, or none where there is one. `like` names whose it is. */
  | {
      readonly kind: 'record';
      readonly group?: string;
      readonly like: string | undefined;
      readonly claims: unknown;
    }
  /** `like` names who has that value, where somebody has. */
  | {
      readonly kind: 'claim';
      readonly group?: string;
      readonly name: string;
      readonly value: unknown;
      readonly like: string | undefined;
    }
  | { readonly kind: 'argument'; readonly path: readonly string[]; readonly value: unknown }
  /** The row is another: `equals` names the claim, or the `subject` of the token, that the property then equals. */
  | { readonly kind: 'row'; readonly property: string; readonly value: unknown; readonly equals: string };

/** What a change is about: two changes of one slot exclude each other. */
export function slotOf(change: Change): string {
  switch (change.kind) {
    case 'signIn':
    case 'recentSignIn':
      return change.kind;
    case 'scope':
      return `scope ${change.scope}`;
    case 'record':
      return `record ${change.group ?? ''}`;
    case 'claim':
      return `claim ${change.group ?? ''} ${change.name}`;
    case 'argument':
      return `argument ${change.path.join('.')}`;
    case 'row':
      return `row ${change.property}`;
    default:
      return change satisfies never;
  }
}

/** The situation with all of these changes made; sign-ins first, then records, so that the others find what they change. */
export function changeWorld(situation: Situation, changes: readonly Change[]): Situation {
  const order: readonly Change['kind'][] = ['signIn', 'record'];
  const rank = ({ kind }: Change) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return changes.toSorted((a, b) => rank(a) - rank(b)).reduce(changeOnce, situation);
}

function changeOnce(situation: Situation, change: Change): Situation {
  const { facts } = situation;
  switch (change.kind) {
    case 'signIn':
      return { ...situation, facts: signIn(facts) };
    case 'scope': {
      const scopes = new Set(facts.principal.scopes);
      if (change.has) scopes.add(change.scope);
      else scopes.delete(change.scope);
      return { ...situation, facts: changePrincipal(facts, { scopes }) };
    }
    case 'recentSignIn':
      return { ...situation, facts: changePrincipal(facts, { signedInAgoSeconds: 0 }) };
    case 'record':
      return { ...situation, facts: changeClaims(facts, change.group, () => change.claims) };
    case 'claim':
      return {
        ...situation,
        facts: changeClaims(facts, change.group, (claims) =>
          isRecord(claims) ? { ...claims, [change.name]: change.value } : claims,
        ),
      };
    case 'argument':
      return { ...situation, args: setAt(situation.args, change.path, change.value) };
    case 'row': {
      const { row } = situation;
      return row ? { ...situation, row: { parent: setAt(row.parent, [change.property], change.value) } } : situation;
    }
    default:
      return change satisfies never;
  }
}

interface PrincipalChange {
  readonly scopes?: ReadonlySet<string>;
  readonly signedInAgoSeconds?: number;
}

/** The facts of the same caller with another token; one who has none stays without scopes. */
export function changePrincipal(facts: DecisionInput, { scopes, signedInAgoSeconds }: PrincipalChange): DecisionInput {
  const { principal, nowSeconds } = facts.principal.kind === 'anonymous' && scopes?.size !== 0 ? facts : signIn(facts);
  if (principal.kind === 'anonymous') return facts;
  const changed: Principal = {
    ...principal,
    ...(scopes && { scopes }),
    ...(principal.kind === 'user' && signedInAgoSeconds !== undefined && { authTime: nowSeconds - signedInAgoSeconds }),
  };
  return { ...facts, principal: changed };
}

/** A person of no pool, signed in just now. */
function signIn(facts: DecisionInput): DecisionInput {
  if (facts.principal.kind !== 'anonymous') return facts;
  const { nowSeconds } = facts;
  const absent = { state: 'absent', asOf: new Date(nowSeconds * 1000) } as const;
  return {
    ...facts,
    principal: {
      kind: 'user',
      issuer: 'https://personas.invalid',
      subject: 'somebody',
      clientId: 'client',
      scopes: new Set(),
      issuedAt: nowSeconds,
      expiresAt: nowSeconds + 3_600,
      authTime: nowSeconds,
      originTokenId: undefined,
    },
    claims: absent,
    groups: { get: () => absent },
  };
}

function changeClaims(facts: DecisionInput, group: ClaimGroup, toNew: (claims: unknown) => unknown): DecisionInput {
  const before = group === undefined ? facts.claims : facts.groups?.get(group);
  const claims = toNew(before?.state === 'found' ? before.claims : undefined);
  const asOf = before && 'asOf' in before ? before.asOf : new Date(facts.nowSeconds * 1000);
  const after: ClaimsResult<unknown> =
    claims === undefined ? { state: 'absent', asOf } : { state: 'found', claims, asOf };
  if (group === undefined) return { ...facts, claims: after };
  return { ...facts, groups: { get: (name) => (name === group ? after : facts.groups?.get(name)) } };
}

function setAt(value: unknown, [first, ...rest]: readonly string[], to: unknown): unknown {
  if (first === undefined) return to;
  const record = isRecord(value) ? value : {};
  return { ...record, [first]: setAt(record[first], rest, to) };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
