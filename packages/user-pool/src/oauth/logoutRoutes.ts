import type { FastifyInstance } from 'fastify';
import { findClient, type PoolConfig } from '../config/poolConfig.ts';
import { isRegisteredUri } from '../config/redirectUri.ts';
import { toMessagePage } from '../pages/messagePage.ts';
import { sendPage } from '../pages/pageReply.ts';
import type { PoolContext } from '../poolContext.ts';
import { parseReturnAddress } from './authorizationRequest.ts';
import { type OAuthParameters, readQuery } from './oauthParameters.ts';

/**
 * Cognito's logout endpoint: ends the session, and sends the browser to `logout_uri`, or, with `redirect_uri` and
 * `response_type` in place of it, to sign in again. It ends no tokens: revoke the refresh token for that.
 */
export function registerLogoutRoutes(app: FastifyInstance, { config, sessions }: PoolContext): void {
  app.get('/logout', (request, reply) => {
    const parsed = parseLogout(config, readQuery(request.url), request.url);
    if (parsed.outcome === 'refused') {
      const { reason, registered } = parsed;
      return sendPage(reply, 400, toMessagePage('This sign-out request is not valid', reason, registered));
    }
    return reply.header('set-cookie', sessions.end(request.headers.cookie)).redirect(parsed.location, 302);
  });
}

type ParsedLogout =
  | { readonly outcome: 'valid'; readonly location: string }
  | { readonly outcome: 'refused'; readonly reason: string; readonly registered: readonly string[] };

function parseLogout(config: PoolConfig, parameters: OAuthParameters, url: string): ParsedLogout {
  if (parameters.repeated.length > 0) {
    return { outcome: 'refused', reason: 'A parameter came more than once.', registered: [] };
  }
  const logoutUri = parameters.get('logout_uri');
  if (logoutUri === undefined && parameters.get('redirect_uri') !== undefined) {
    const address = parseReturnAddress(config, parameters);
    if (address.outcome === 'refused') return address;
    return { outcome: 'valid', location: `/oauth2/authorize${url.slice(url.indexOf('?'))}` };
  }
  const client = findClient(config, parameters.get('client_id') ?? '');
  if (client?.kind === 'user' && logoutUri !== undefined && isRegisteredUri(client.logoutUris, logoutUri)) {
    return { outcome: 'valid', location: logoutUri };
  }
  const rule =
    'client_id must name a client, and logout_uri one of its sign-out addresses, character by character; * stands for any ' +
    `port. What is registered stands in ${config.source}.`;
  const isOpenIdConnect = ['id_token_hint', 'post_logout_redirect_uri'].some((name) => parameters.get(name));
  // OpenID Connect RP-Initiated Logout, which libraries speak by themselves and Cognito does not.
  const advice = isOpenIdConnect
    ? ' Cognito knows neither id_token_hint nor post_logout_redirect_uri: with oidc-client-ts call signoutRedirect({ ' +
      'extraQueryParams: { client_id, logout_uri } }).'
    : '';
  return {
    outcome: 'refused',
    reason: `${rule}${advice}`,
    registered: client?.kind === 'user' ? client.logoutUris : [],
  };
}
