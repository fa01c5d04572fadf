import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../graphql/context.ts';

/**
 * Hands GET and POST /graphql to Apollo Server. Not @as-integrations/fastify: its 3.1.0 parses the Host header as a URL,
 * so that a faulty one is answered with 500.
 */
export function serveGraphql(
  app: FastifyInstance,
  apollo: ApolloServer<RequestContext>,
  contextOf: (request: FastifyRequest) => Promise<RequestContext>,
): void {
  app.route({ method: ['GET', 'POST'], url: '/graphql', handler: answer });

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { method, url, body } = request;
    const start = url.indexOf('?');
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: headersOf(request), search: start === -1 ? '' : url.slice(start), body },
      context: () => contextOf(request),
    });
    reply.code(response.status ?? 200).headers(Object.fromEntries(response.headers));
    if (response.body.kind === 'chunked') throw new TypeError('incremental delivery is not enabled');
    return response.body.string;
  }
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
