import type { FastifyInstance } from 'fastify';
import { toBaseUrl } from '../http/localIssuer.ts';
import type { PoolContext } from '../poolContext.ts';

/** The key set and the discovery document, with the members that Cognito's have. */
export function registerWellKnownRoutes(app: FastifyInstance, { config, issuer, keys }: PoolContext): void {
  app.get(`/${config.poolId}/.well-known/jwks.json`, () => keys.jwks);
  app.get(`/${config.poolId}/.well-known/openid-configuration`, (request) => {
    // The issuer has one name, but who reached the pool by another, as an emulator does, finds the rest by it too.
    const url = toBaseUrl(request);
    return {
      authorization_endpoint: `${url}/oauth2/authorize`,
      end_session_endpoint: `${url}/logout`,
      id_token_signing_alg_values_supported: ['RS256'],
      issuer,
      jwks_uri: `${url}/${config.poolId}/.well-known/jwks.json`,
      // Cognito's says `token` as well, for the implicit grant, which RFC 9700 section 2.1.2 advises against.
      response_types_supported: ['code'],
      revocation_endpoint: `${url}/oauth2/revoke`,
      scopes_supported: ['openid', 'email', 'phone', 'profile'],
      subject_types_supported: ['public'],
      token_endpoint: `${url}/oauth2/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      userinfo_endpoint: `${url}/oauth2/userInfo`,
    };
  });
}
