import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { Logger } from 'pino';
import { AppError, UnauthenticatedError } from '../../errors.ts';
import { toRequestError } from '../../operation/httpError.ts';
import { authorizationHeadersOf } from '../../token/bearerToken.ts';
import { explainHeader } from '../apollo/explainDecisions.ts';
import type { ContextRequest, RequestContext } from '../context.ts';

/** A GET or POST of /graphql, whoever received it. */
export interface GraphqlRequest {
  readonly requestId: string;
  readonly method: string;
  /** The query string with its question mark, or empty. */
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  /** The parsed JSON of a POST. */
  readonly body: unknown;
}

export interface GraphqlHttpResponse {
  readonly status: number;
  /** `content-type`, and what a request that failed as a whole adds. */
  readonly headers: Iterable<readonly [string, string]>;
  readonly body: string;
}

export type GraphqlRequestHandler = (request: GraphqlRequest) => Promise<GraphqlHttpResponse>;

export interface GraphqlRequestHandlerOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly logger: Logger;
}

/**
 * Hands GraphQL requests to Apollo Server. Not @as-integrations/fastify: its 3.1.0 parses the Host header as a URL, so
 * that a faulty one is answered with 500.
 */
export function createGraphqlRequestHandler({
  apollo,
  buildContext,
  logger,
}: GraphqlRequestHandlerOptions): GraphqlRequestHandler {
  return async ({ requestId, method, search, headers, rawHeaders, body }) => {
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: headersForApollo(headers), search, body },
      context: () => contextOf({ requestId, authorizationHeaders: authorizationHeadersOf(rawHeaders) }),
    });
    if (response.body.kind === 'chunked') throw new TypeError('incremental delivery is not enabled');
    return { status: response.status ?? 200, headers: response.headers, body: response.body.string };
  };

  async function contextOf(request: ContextRequest): Promise<RequestContext> {
    try {
      return await buildContext(request);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const caller = error instanceof UnauthenticatedError ? error.caller : undefined;
      logger.info(
        { requestId: request.requestId, code: error.code, reason: error.message, ...caller },
        'request refused',
      );
      throw toRequestError(error);
    }
  }
}

/** All that Apollo Server 5.5 reads, the plugins in use included: for the CSRF check and for negotiation. */
const namesForApollo = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight', explainHeader];

/** What a request without Accept is answered with as well, so that there is nothing to negotiate, which costs 4 µs. */
const acceptsJson: readonly unknown[] = ['*/*', 'application/json'];

function headersForApollo(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const name of namesForApollo) {
    const value = headers[name];
    if (typeof value === 'string' && !(name === 'accept' && acceptsJson.includes(value))) map.set(name, value);
  }
  return map;
}
