import { createHash, randomUUID } from 'node:crypto';
import { signToken, type TokenSigningKey } from './signToken.ts';

export type { TokenSigningKey };

/** Cognito's default for access and ID tokens. */
export const defaultTokenLifetimeSeconds = 3600;

interface IssueOptions {
  readonly issuer: string;
  /** The moment of issue, in seconds since the epoch. */
  readonly nowSeconds: number;
  /** An hour by default; zero or less gives a token that has expired already. */
  readonly expiresInSeconds?: number;
  /** `jti`; made up by default. */
  readonly tokenId?: string;
}

/** What the two tokens of a person's sign-in have in common. Times are seconds since the epoch. */
interface UserTokenOptions extends IssueOptions {
  readonly username: string;
  readonly subject: string;
  readonly clientId: string;
  /** When the person entered credentials; the moment of issue by default, and never later than that. */
  readonly authTime?: number;
  /** `origin_jti`: the same for all tokens of one sign-in, refreshed ones too. */
  readonly originTokenId?: string;
  readonly eventId?: string;
  readonly groups?: readonly string[];
}

interface AccessTokenOptions extends UserTokenOptions {
  readonly scopes: readonly string[];
}

interface IdTokenOptions extends UserTokenOptions {
  readonly email: string;
  /** The access token that is given out with it (`at_hash`); tokens of Cognito's JSON API have none. */
  readonly accessToken?: string;
  readonly nonce?: string | undefined;
}

interface MachineTokenOptions extends IssueOptions {
  readonly clientId: string;
  readonly scopes: readonly string[];
}

export interface TokenIssuer {
  accessToken(options: Omit<AccessTokenOptions, ByTheIssuer>): string;
  idToken(options: Omit<IdTokenOptions, ByTheIssuer>): string;
  machineToken(options: Omit<MachineTokenOptions, ByTheIssuer>): string;
}

type ByTheIssuer = 'issuer' | 'nowSeconds';

/** Issues the tokens of one user pool, under its issuer, with its key and by its clock. */
export function createTokenIssuer(pool: {
  readonly issuer: string;
  readonly key: TokenSigningKey;
  /** Milliseconds since the epoch, as `Date.now`. */
  readonly now: () => number;
}): TokenIssuer {
  const issued = () => ({ issuer: pool.issuer, nowSeconds: Math.floor(pool.now() / 1000) });
  return {
    accessToken: (options) => signToken(toAccessTokenClaims({ ...issued(), ...options }), pool.key),
    idToken: (options) => signToken(toIdTokenClaims({ ...issued(), ...options }), pool.key),
    machineToken: (options) => signToken(toMachineTokenClaims({ ...issued(), ...options }), pool.key),
  };
}

/** The claims of a person's access token, as Cognito issues it: these, and no `aud`. */
export function toAccessTokenClaims(options: AccessTokenOptions) {
  return {
    ...commonClaims(options),
    ...signInClaims(options),
    token_use: 'access',
    version: 2,
    client_id: options.clientId,
    username: options.username,
    scope: options.scopes.join(' '),
  };
}

/** The claims of the ID token beside it. */
export function toIdTokenClaims(options: IdTokenOptions) {
  const { accessToken, nonce } = options;
  return {
    ...commonClaims(options),
    ...signInClaims(options),
    token_use: 'id',
    aud: options.clientId,
    'cognito:username': options.username,
    email: options.email,
    email_verified: true,
    ...(accessToken !== undefined && { at_hash: toAccessTokenHash(accessToken) }),
    ...(nonce !== undefined && { nonce }),
  };
}

/** The claims of a client's own access token (client credentials): it is its subject, and nobody signed in. */
export function toMachineTokenClaims(options: MachineTokenOptions) {
  const common = commonClaims(options);
  return {
    ...common,
    sub: options.clientId,
    token_use: 'access',
    version: 2,
    client_id: options.clientId,
    scope: options.scopes.join(' '),
    auth_time: common.iat,
  };
}

function commonClaims({ issuer, tokenId, nowSeconds, expiresInSeconds = defaultTokenLifetimeSeconds }: IssueOptions) {
  const exp = nowSeconds + expiresInSeconds;
  // An expired token looks like one that was issued a lifetime before its end, so that `iat` still precedes `exp`.
  const iat = expiresInSeconds > 0 ? nowSeconds : exp - defaultTokenLifetimeSeconds;
  return { iss: issuer, iat, exp, jti: tokenId ?? randomUUID() };
}

function signInClaims(options: UserTokenOptions) {
  const { iat } = commonClaims(options);
  return {
    sub: options.subject,
    origin_jti: options.originTokenId ?? randomUUID(),
    event_id: options.eventId ?? randomUUID(),
    auth_time: Math.min(options.authTime ?? iat, iat),
    ...(options.groups !== undefined && { 'cognito:groups': options.groups }),
  };
}

/** OpenID Connect Core section 3.1.3.6: the left half of the SHA-256 of the access token's ASCII. */
function toAccessTokenHash(accessToken: string): string {
  return createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16).toString('base64url');
}
