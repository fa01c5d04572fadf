import { InternalError } from '../errors.ts';
import type { MachinePrincipal, UserPrincipal } from './principal.ts';
import { isTenantName, tenantNameRule } from './tenant.ts';
import { type Claims, parseOptionalText, parseScopes, parseText, parseTime } from './tokenClaims.ts';
import { invalidToken } from './tokenError.ts';
import { isScope } from './userPool.ts';

/**
 * What a principal is made of. Everything but `kind` may be handed over as the token has it: it is checked. Times are seconds
 * since the epoch.
 */
export interface PrincipalInput {
  /** Never guessed: whether somebody signed in, or a client acts for itself. */
  readonly kind: 'user' | 'machine';
  readonly issuer: unknown;
  /** Of a user only: what names them for good. The subject of a machine is its client id. */
  readonly subject?: unknown;
  readonly clientId: unknown;
  /** Separated by single spaces, or an array or Set of them; none unless given. */
  readonly scopes?: unknown;
  /** Of a user only: when they last entered credentials. 0 when that is not known, which is never recent enough. */
  readonly authTime?: unknown;
  readonly issuedAt: unknown;
  readonly expiresAt: unknown;
  /** Of a user only: what is the same for all tokens that came from one sign-in. */
  readonly originTokenId?: unknown;
  readonly tenant?: unknown;
}

/**
 * The principal of a token that you have verified: its signature, issuer, audience, times, and that it is an access token.
 * Throws UnauthenticatedError, which names what was expected, for what no principal can be made of.
 */
export function createPrincipal(input: PrincipalInput): UserPrincipal | MachinePrincipal {
  const values: Claims = { ...input };
  const { kind, tenant } = input;
  if (kind !== 'user' && kind !== 'machine') throw new InternalError('createPrincipal: expected kind user or machine');
  const issuer = parseText(values, 'issuer');
  // `toSubjectKey` relies on issuers without spaces.
  if (/\s/.test(issuer)) throw invalidToken('"issuer" must have no spaces; got some');
  if (tenant !== undefined && !isTenantName(tenant)) throw invalidToken(`"tenant" must be ${tenantNameRule}`);
  const clientId = parseText(values, 'clientId');
  const identity = {
    ...(tenant !== undefined && { tenant }),
    issuer,
    clientId,
    scopes: toScopes(input.scopes),
    issuedAt: parseTime(values, 'issuedAt'),
    expiresAt: parseTime(values, 'expiresAt'),
  };
  if (kind === 'machine') {
    if (input.subject !== undefined && input.subject !== clientId) {
      throw invalidToken('"subject" of a machine must be its client id; got another');
    }
    return { kind, ...identity, subject: clientId };
  }
  return {
    kind,
    ...identity,
    subject: parseText(values, 'subject'),
    authTime: parseTime(values, 'authTime'),
    originTokenId: parseOptionalText(values, 'originTokenId'),
  };
}

function toScopes(scopes: unknown): ReadonlySet<string> {
  if (scopes === undefined || typeof scopes === 'string') return parseScopes(scopes);
  const list: readonly unknown[] = Array.isArray(scopes) || scopes instanceof Set ? [...scopes] : [undefined];
  if (list.every(isScope)) return new Set(list);
  throw invalidToken('"scopes" must be a string, an array or a Set of scopes; got something else');
}

/** What keeps a value from being a principal that a token can have; undefined for one that `createPrincipal` has made. */
export function findPrincipalProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `expected a principal; got ${typeof value}`;
  const { kind, issuer, subject, clientId, scopes, issuedAt, expiresAt, authTime, tenant }: Claims = { ...value };
  if (kind !== 'user' && kind !== 'machine') return 'kind: expected user or machine; got another';
  for (const [name, text] of Object.entries({ issuer, subject, clientId })) {
    if (typeof text !== 'string' || text === '') return `${name}: expected a non-empty string; got ${typeof text}`;
  }
  if (/\s/.test(String(issuer))) return 'issuer: expected no spaces; got some';
  if (!(scopes instanceof Set)) return `scopes: expected a Set; got ${typeof scopes}`;
  if (tenant !== undefined && !isTenantName(tenant)) return `tenant: expected ${tenantNameRule}; got another`;
  for (const [name, time] of Object.entries({ issuedAt, expiresAt, ...(kind === 'user' && { authTime }) })) {
    if (!Number.isSafeInteger(time)) return `${name}: expected whole seconds since the epoch; got ${typeof time}`;
  }
  return undefined;
}
