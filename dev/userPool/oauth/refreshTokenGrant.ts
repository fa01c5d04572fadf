import type { PoolClient } from '../config/poolConfig.ts';
import { splitScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';
import { OAuthError } from './oauthError.ts';
import type { OAuthParameters } from './oauthParameters.ts';
import { issueUserTokens, type TokenResponse } from './tokenResponse.ts';

/** RFC 6749 section 6: new tokens of the same sign-in, with all of its scopes or fewer. */
export function refreshTokenGrant(context: PoolContext, client: PoolClient, form: OAuthParameters): TokenResponse {
  if (client.kind !== 'user') throw new OAuthError('unauthorized_client', 'this client has no refresh tokens');
  const token = form.get('refresh_token');
  if (token === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing');
  const stored = context.refreshTokens.find(token);
  if (stored === undefined || stored.clientId !== client.clientId) {
    throw new OAuthError('invalid_grant', 'the refresh token is unknown, revoked or expired');
  }
  const scope = form.get('scope');
  const scopes = scope === undefined ? stored.scopes : splitScope(scope);
  if (scopes.length === 0 || !scopes.every((name) => stored.scopes.includes(name))) {
    throw new OAuthError('invalid_scope', 'a scope was not granted at sign-in');
  }
  // OpenID Connect Core section 12.2: the ID token of a refresh carries no nonce.
  return issueUserTokens(context, { ...stored, scopes }, undefined);
}
