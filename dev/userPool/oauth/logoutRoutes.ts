import type { FastifyInstance } from 'fastify';
import { findClient } from '../config/poolConfig.ts';
import { isRegisteredUri } from '../config/redirectUri.ts';
import { sendPage } from '../pages/pageReply.ts';
import { toMessagePage } from '../pages/pages.ts';
import type { PoolContext } from '../poolContext.ts';
import { readQuery } from './oauthParameters.ts';

/** Cognito's logout endpoint. The pool keeps no session, so there is nothing to end: the browser goes back. */
export function registerLogoutRoutes(app: FastifyInstance, { config }: PoolContext): void {
  app.get('/logout', (request, reply) => {
    const parameters = readQuery(request.url);
    const client = findClient(config, parameters.get('client_id') ?? '');
    const logoutUri = parameters.get('logout_uri') ?? '';
    const isRegistered = client?.kind === 'user' && isRegisteredUri(client.logoutUris, logoutUri);
    if (isRegistered && parameters.repeated.length === 0) return reply.redirect(logoutUri, 302);
    const message =
      'client_id must name a client, and logout_uri one of its sign-out addresses, character by character.';
    return sendPage(reply, 400, toMessagePage('This sign-out request is not valid', message));
  });
}
