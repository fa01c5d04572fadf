import type { FastifyInstance } from 'fastify';
import { sendPage } from '../pages/pageReply.ts';
import { toMessagePage } from '../pages/pages.ts';
import type { PoolContext } from '../poolContext.ts';
import { parseAuthorizationRequest } from './authorizationRequest.ts';
import { readQuery } from './oauthParameters.ts';
import { toRedirectBack } from './redirectBack.ts';

/** The authorization endpoint (RFC 6749 section 3.1): keeps a valid request and sends the browser to the sign-in page. */
export function registerAuthorizeRoutes(app: FastifyInstance, { config, transactions }: PoolContext): void {
  app.get('/oauth2/authorize', (request, reply) => {
    const parsed = parseAuthorizationRequest(config, readQuery(request.url));
    switch (parsed.outcome) {
      case 'refused': {
        const { reason, registered } = parsed;
        return sendPage(reply, 400, toMessagePage('This sign-in request is not valid', reason, registered));
      }
      case 'returned': {
        const { error, description } = parsed.error;
        const parameters = { error, error_description: description, state: parsed.state };
        return reply.redirect(toRedirectBack(parsed.redirectUri, parameters), 302);
      }
      case 'accepted': {
        const id = transactions.begin({ request: parsed.request });
        return reply.redirect(`/login?transaction=${id}`, 302);
      }
      default:
        return parsed satisfies never;
    }
  });
}
