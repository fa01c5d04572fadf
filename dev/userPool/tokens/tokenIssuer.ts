import { createHash, randomUUID } from 'node:crypto';
import { base64url, type CryptoKey, type JWTPayload, SignJWT } from 'jose';

/** Cognito's default for access and ID tokens. */
export const defaultTokenLifetimeSeconds = 3600;

export interface TokenIssuerOptions {
  readonly issuer: string;
  /** RSA private key; tokens are signed with RS256. */
  readonly signingKey: CryptoKey;
  readonly kid: string;
  /** Milliseconds since the epoch, as `Date.now`. */
  readonly now: () => number;
}

/** What the two tokens of a person's sign-in have in common. Times are seconds since the epoch. */
interface UserTokenRequest {
  readonly username: string;
  readonly subject: string;
  readonly clientId: string;
  /** When the person entered credentials; the moment of issue by default, and never later than that. */
  readonly authTime?: number;
  /** `origin_jti`: the same for all tokens of one sign-in, refreshed ones too. */
  readonly originTokenId?: string;
  readonly eventId?: string;
  readonly groups?: readonly string[];
  /** Zero or less gives a token that has expired already. */
  readonly expiresInSeconds?: number;
}

interface AccessTokenRequest extends UserTokenRequest {
  readonly scopes: readonly string[];
}

interface IdTokenRequest extends UserTokenRequest {
  readonly email: string;
  /** The access token that is given out with it (`at_hash`). */
  readonly accessToken: string;
  readonly nonce?: string | undefined;
}

interface MachineTokenRequest {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly expiresInSeconds?: number;
}

export interface TokenIssuer {
  accessToken(request: AccessTokenRequest): Promise<string>;
  idToken(request: IdTokenRequest): Promise<string>;
  machineToken(request: MachineTokenRequest): Promise<string>;
}

/** Signs tokens with the header and the claims that Cognito's have, no more and no fewer. */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  // Cognito's header has kid and alg only; there is no typ.
  const sign = (claims: JWTPayload) =>
    new SignJWT({ iss: options.issuer, jti: randomUUID(), ...claims })
      .setProtectedHeader({ kid: options.kid, alg: 'RS256' })
      .sign(options.signingKey);

  return {
    accessToken: (request) =>
      sign({
        ...userClaims(request, options.now()),
        token_use: 'access',
        version: 2,
        client_id: request.clientId,
        username: request.username,
        scope: request.scopes.join(' '),
      }),
    idToken: (request) =>
      sign({
        ...userClaims(request, options.now()),
        token_use: 'id',
        aud: request.clientId,
        'cognito:username': request.username,
        email: request.email,
        email_verified: true,
        at_hash: toAccessTokenHash(request.accessToken),
        ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
      }),
    machineToken: (request) => {
      const { iat, exp } = toTimes(options.now(), request.expiresInSeconds);
      return sign({
        sub: request.clientId,
        token_use: 'access',
        version: 2,
        client_id: request.clientId,
        scope: request.scopes.join(' '),
        auth_time: iat,
        iat,
        exp,
      });
    },
  };
}

function userClaims(request: UserTokenRequest, now: number): JWTPayload {
  const { iat, exp } = toTimes(now, request.expiresInSeconds);
  return {
    sub: request.subject,
    origin_jti: request.originTokenId ?? randomUUID(),
    event_id: request.eventId ?? randomUUID(),
    auth_time: Math.min(request.authTime ?? iat, iat),
    iat,
    exp,
    ...(request.groups === undefined ? {} : { 'cognito:groups': request.groups }),
  };
}

/** An expired token looks like one that was issued a lifetime before its end, so that `iat` still precedes `exp`. */
function toTimes(now: number, expiresInSeconds = defaultTokenLifetimeSeconds): { iat: number; exp: number } {
  const seconds = Math.floor(now / 1000);
  const exp = seconds + expiresInSeconds;
  return { iat: expiresInSeconds > 0 ? seconds : exp - defaultTokenLifetimeSeconds, exp };
}

/** OpenID Connect Core section 3.1.3.6: the left half of the SHA-256 of the access token's ASCII. */
function toAccessTokenHash(accessToken: string): string {
  return base64url.encode(createHash('sha256').update(accessToken, 'ascii').digest().subarray(0, 16));
}
