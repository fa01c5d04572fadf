import type { FastifyInstance, FastifyReply } from 'fastify';
import type { GraphqlRequestHandler } from './handleGraphqlRequest.ts';

/** GET and POST /graphql by way of Fastify; `plainPost.ts` answers most POSTs before they come here. */
export function serveGraphql(
  app: FastifyInstance,
  handleGraphqlRequest: GraphqlRequestHandler,
  landingPage: string | undefined,
): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler({ id, method, url, body, raw: { headers, rawHeaders } }, reply) {
      const start = url.indexOf('?');
      const search = start === -1 ? '' : url.slice(start);
      if (method === 'GET' && isVisit(search, headers.accept)) return welcome(reply, landingPage);
      const answer = await handleGraphqlRequest({ requestId: id, method, search, headers, rawHeaders, body });
      reply.code(answer.status).headers(Object.fromEntries(answer.headers));
      return answer.body;
    },
  });
}

/** Somebody has opened the address in a browser, and asks nothing. */
function isVisit(search: string, accept = ''): boolean {
  return /\btext\/html\b/.test(accept) && !/[?&](?:query|extensions)=/.test(search);
}

function welcome(reply: FastifyReply, landingPage: string | undefined): FastifyReply {
  if (landingPage !== undefined) return reply.type('text/html; charset=utf-8').send(landingPage);
  return reply.type('text/plain; charset=utf-8').send(howToAsk);
}

const howToAsk = `This is a GraphQL API. Ask it with a client, or so:

POST /graphql
content-type: application/json

{"query":"{ __typename }"}
`;
