import type { PoolClient } from '../config/poolConfig.ts';
import { splitScope } from '../config/scopes.ts';
import type { PoolContext } from '../poolContext.ts';
import { OAuthError } from './oauthError.ts';
import type { OAuthParameters } from './oauthParameters.ts';
import { type TokenResponse, toTokenResponse } from './tokenResponse.ts';

/** RFC 6749 section 4.4: an access token for the client itself, by default with all of its scopes. */
export function clientCredentialsGrant(context: PoolContext, client: PoolClient, form: OAuthParameters): TokenResponse {
  if (client.kind !== 'machine') throw new OAuthError('unauthorized_client', 'this client acts for users only');
  const scope = form.get('scope');
  const scopes = scope === undefined ? client.scopes : splitScope(scope);
  if (scopes.length === 0 || !scopes.every((name) => client.scopes.includes(name))) {
    throw new OAuthError('invalid_scope', 'a scope is not known to this client');
  }
  return toTokenResponse(
    context,
    context.tokens.machineToken({ clientId: client.clientId, scopes, expiresInSeconds: context.tokenSeconds }),
  );
}
