import type { PoolClient } from '../config/poolConfig.ts';
import { splitScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';
import { findRefreshToken } from '../signIn/findRefreshToken.ts';
import { OAuthError } from './oauthError.ts';
import type { OAuthParameters } from './oauthParameters.ts';
import { issueUserTokens, type TokenResponse } from './tokenResponse.ts';

/**
 * RFC 6749 section 6: new tokens of the same sign-in, with all of its scopes or fewer; and, where refresh tokens are
 * rotated, one in place of that which was presented.
 */
export function refreshTokenGrant(context: PoolContext, client: PoolClient, form: OAuthParameters): TokenResponse {
  if (client.kind !== 'user') throw new OAuthError('unauthorized_client', 'this client has no refresh tokens');
  const token = form.get('refresh_token');
  if (token === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing');
  const found = findRefreshToken(context, token, client.clientId);
  if (found.outcome === 'unknown') {
    throw new OAuthError('invalid_grant', 'the refresh token is unknown, revoked or expired');
  }
  if (found.outcome === 'reused') {
    throw new OAuthError('invalid_grant', 'the refresh token was used before; all that came of the sign-in is revoked');
  }
  const { stored } = found;
  const scope = form.get('scope');
  const scopes = scope === undefined ? stored.scopes : splitScope(scope);
  if (scopes.length === 0 || !scopes.every((name) => stored.scopes.includes(name))) {
    throw new OAuthError('invalid_scope', 'a scope was not granted at sign-in');
  }
  // OpenID Connect Core section 12.2: the ID token of a refresh carries no nonce.
  const tokens = issueUserTokens(context, { ...stored, scopes }, undefined);
  const refreshToken = context.refreshTokens.rotate(stored);
  return { ...tokens, ...(refreshToken !== undefined && { refresh_token: refreshToken }) };
}
