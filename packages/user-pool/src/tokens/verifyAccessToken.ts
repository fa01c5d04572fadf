import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { findUser, type PoolUser } from '../config/poolConfig.ts';
import { splitScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';

export type VerifiedAccessToken =
  | {
      readonly outcome: 'valid';
      readonly user: PoolUser;
      readonly scopes: readonly string[];
      readonly originTokenId: string;
    }
  | { readonly outcome: 'invalid' | 'expired' | 'revoked' };

/** What an access token of a person says at this pool's own endpoints, which know of revocations too. */
export async function verifyAccessToken(context: PoolContext, token: string): Promise<VerifiedAccessToken> {
  const verified = await verify(context, token);
  if (verified === 'invalid' || verified === 'expired') return { outcome: verified };
  const { token_use, username, scope, origin_jti, iat } = verified;
  const user = typeof username === 'string' ? findUser(context.config, username) : undefined;
  if (token_use !== 'access' || user === undefined || typeof scope !== 'string') return { outcome: 'invalid' };
  const originTokenId = typeof origin_jti === 'string' ? origin_jti : '';
  const isEnded = context.endedSignIns.isEnded({ originTokenId, username: user.username, issuedAt: iat ?? 0 });
  return isEnded ? { outcome: 'revoked' } : { outcome: 'valid', user, scopes: splitScope(scope), originTokenId };
}

async function verify({ issuer, keys, now }: PoolContext, token: string): Promise<JWTPayload | 'invalid' | 'expired'> {
  try {
    const options = { issuer, algorithms: ['RS256'], currentDate: new Date(now()) };
    return (await jwtVerify(token, createLocalJWKSet({ keys: [...keys.jwks.keys] }), options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired';
    if (error instanceof errors.JOSEError) return 'invalid';
    throw error;
  }
}
