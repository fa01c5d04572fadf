import type { FastifyInstance } from 'fastify';
import { localUserPoolId } from '../../demoUsers.ts';
import type { PoolContext } from '../poolContext.ts';

/** The key set and the discovery document, with the members that Cognito's have. */
export function registerWellKnownRoutes(app: FastifyInstance, { url, issuer, keys }: PoolContext): void {
  app.get(`/${localUserPoolId}/.well-known/jwks.json`, () => keys.jwks);
  app.get(`/${localUserPoolId}/.well-known/openid-configuration`, () => ({
    authorization_endpoint: `${url}/oauth2/authorize`,
    end_session_endpoint: `${url}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    // Cognito's says `token` as well, for the implicit grant, which RFC 9700 section 2.1.2 advises against.
    response_types_supported: ['code'],
    revocation_endpoint: `${url}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${url}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${url}/oauth2/userInfo`,
  }));
}
