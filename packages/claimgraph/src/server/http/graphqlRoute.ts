import type { FastifyInstance } from 'fastify';
import type { GraphqlRequestHandler } from './handleGraphqlRequest.ts';

/** GET and POST /graphql by way of Fastify; `plainPost.ts` answers most POSTs before they come here. */
export function serveGraphql(app: FastifyInstance, handleGraphqlRequest: GraphqlRequestHandler): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler({ id, method, url, body, raw: { headers, rawHeaders } }, reply) {
      const start = url.indexOf('?');
      const search = start === -1 ? '' : url.slice(start);
      const answer = await handleGraphqlRequest({ requestId: id, method, search, headers, rawHeaders, body });
      reply.code(answer.status).headers(Object.fromEntries(answer.headers));
      return answer.body;
    },
  });
}
