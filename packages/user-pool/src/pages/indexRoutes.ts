import type { FastifyInstance } from 'fastify';
import { toBaseUrl } from '../http/localIssuer.ts';
import type { PoolContext } from '../poolContext.ts';
import { toIndexPage } from './indexPage.ts';
import { sendPage } from './pageReply.ts';

/** The page at `/`, and one answer to everything that is nowhere. */
export function registerIndexRoutes(app: FastifyInstance, { config, settings, issuer, httpsUrl }: PoolContext): void {
  app.get('/', (request, reply) =>
    sendPage(reply, 200, toIndexPage({ config, settings, issuer, url: toBaseUrl(request), httpsUrl })),
  );
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ error: 'not_found', error_description: 'nothing is here; / lists what the local user pool serves' }),
  );
}
