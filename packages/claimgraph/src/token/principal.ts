/**
 * Who is calling, as the verified access token says it. Nothing here says what the person may do today: that is in the
 * business claims. Times are seconds since the epoch, as in the token (RFC 7519 section 2, NumericDate).
 */
export type Principal = AnonymousPrincipal | UserPrincipal | MachinePrincipal;

/** No token was sent. */
export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
  readonly scopes: ReadonlySet<string>;
}

/** A person signed in through a user client. `authTime` is when they last entered credentials. */
export interface UserPrincipal extends Subject {
  readonly kind: 'user';
  readonly clientId: string;
  /** What the token carries and what its client implies. */
  readonly scopes: ReadonlySet<string>;
  /** Those that the token does not carry; absent when there are none. */
  readonly impliedScopes?: ReadonlySet<string> | undefined;
  readonly authTime: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** `origin_jti`: the same for all tokens that came from one sign-in. */
  readonly originTokenId: string | undefined;
}

/** A machine client (OAuth 2.0 client credentials); its subject is its client id. */
export interface MachinePrincipal extends Subject {
  readonly kind: 'machine';
  readonly clientId: string;
  /** What the token carries and what its client implies. */
  readonly scopes: ReadonlySet<string>;
  /** Those that the token does not carry; absent when there are none. */
  readonly impliedScopes?: ReadonlySet<string> | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/**
 * The identity that business claims are kept under. A user and a machine with the same subject string, or equal
 * subjects of two issuers or two tenants, are different identities.
 */
export interface Subject {
  readonly kind: 'user' | 'machine';
  /** Whose data the caller may see at all; absent when the user pool serves a single tenant. */
  readonly tenant?: string | undefined;
  readonly issuer: string;
  readonly subject: string;
}

/** One string per identity; made by `toSubjectKey` only. */
export type SubjectKey = string & { readonly __brand: 'SubjectKey' };

/** Injective: neither `kind`, a tenant's name nor an issuer URL can contain a space, and `kind` contains no `@`. */
export function toSubjectKey({ kind, tenant, issuer, subject }: Subject): SubjectKey {
  return `${tenant === undefined ? kind : `${kind}@${tenant}`} ${issuer} ${subject}` as SubjectKey;
}

export const anonymous: AnonymousPrincipal = { kind: 'anonymous', scopes: new Set() };

/** A refreshed token is as old as the sign-in that it goes back to. Seconds since the epoch. */
export function signedInAt(principal: UserPrincipal | MachinePrincipal): number {
  return principal.kind === 'user' ? Math.min(principal.authTime, principal.issuedAt) : principal.issuedAt;
}

/** Who is calling, as log lines tell it. */
export function describePrincipal(principal: Principal) {
  if (principal.kind === 'anonymous') return { principal: 'anonymous' };
  const { kind, tenant, issuer, subject, clientId } = principal;
  return { principal: kind, tenant, issuer, subject, clientId };
}
