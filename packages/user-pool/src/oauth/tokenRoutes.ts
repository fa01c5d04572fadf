import type { FastifyInstance } from 'fastify';
import type { PoolContext } from '../poolContext.ts';
import { endSignIn } from '../signIn/endSignIns.ts';
import { authorizationCodeGrant } from './authorizationCodeGrant.ts';
import { authenticateClient } from './clientAuthentication.ts';
import { clientCredentialsGrant } from './clientCredentialsGrant.ts';
import { OAuthError } from './oauthError.ts';
import type { OAuthParameters } from './oauthParameters.ts';
import { readForm } from './oauthParameters.ts';
import { refreshTokenGrant } from './refreshTokenGrant.ts';
import type { TokenResponse } from './tokenResponse.ts';

/** The token endpoint (RFC 6749 section 3.2) and the revocation endpoint for refresh tokens (RFC 7009). */
export function registerTokenRoutes(app: FastifyInstance, context: PoolContext): void {
  app.post('/oauth2/token', (request) => grantTokens(context, request.headers.authorization, readForm(request.body)));

  app.post('/oauth2/revoke', (request, reply) => {
    const form = readForm(request.body);
    const client = authenticateClient(context, request.headers.authorization, form);
    const token = form.get('token');
    if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
    if (token.includes('.')) throw new OAuthError('unsupported_token_type', 'expected a refresh token');
    const found = context.refreshTokens.find(token);
    // RFC 7009 section 2.2: a token that is not known is as good as revoked.
    if (found.outcome === 'unknown') return reply.code(200).send();
    if (found.stored.clientId !== client.clientId) {
      throw new OAuthError('invalid_grant', 'the refresh token was issued to another client');
    }
    endSignIn(context, found.stored.originTokenId);
    return reply.code(200).send();
  });
}

function grantTokens(context: PoolContext, authorization: string | undefined, form: OAuthParameters): TokenResponse {
  const grantType = form.get('grant_type');
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
  const client = authenticateClient(context, authorization, form);
  switch (grantType) {
    case 'authorization_code':
      return authorizationCodeGrant(context, client, form);
    case 'refresh_token':
      return refreshTokenGrant(context, client, form);
    case 'client_credentials':
      return clientCredentialsGrant(context, client, form);
    default:
      throw new OAuthError(
        'unsupported_grant_type',
        'expected authorization_code, refresh_token or client_credentials',
      );
  }
}
