import type { IncomingHttpHeaders } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { Logger } from 'pino';
import { AppError, UnauthenticatedError } from '../../errors.ts';
import { toRequestError } from '../../operation/httpError.ts';
import type { Cancellation } from '../../operation/resultMeter.ts';
import { authorizationHeadersOf } from '../../token/bearerToken.ts';
import { explainHeader } from '../apollo/explainDecisions.ts';
import type { ContextRequest, RequestContext } from '../context.ts';
import { withoutEmptyMembers, withoutEmptyParameters } from './graphqlParameters.ts';
import { type ResourceMetadata, resourceMetadataUrl } from './resourceMetadata.ts';

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
  /** Aborted when the client is gone. */
  readonly signal?: Cancellation | undefined;
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
  readonly passAllHeaders?: boolean | undefined;
  readonly resourceMetadata?: ResourceMetadata | undefined;
}

/**
 * Hands GraphQL requests to Apollo Server. Not @as-integrations/fastify: its 3.1.0 parses the Host header as a URL, so
 * that a faulty one is answered with 500.
 */
export function createGraphqlRequestHandler(options: GraphqlRequestHandlerOptions): GraphqlRequestHandler {
  const { apollo, buildContext, logger } = options;
  const toHeaderMap = options.passAllHeaders ? allHeaders : headersForApollo;
  const metadataUrl = options.resourceMetadata && resourceMetadataUrl(options.resourceMetadata.resource);
  return async ({ requestId, method, search, headers, rawHeaders, body, signal }) => {
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: toHeaderMap(headers), ...parametersOf({ search, body }) },
      context: () => contextOf({ requestId, authorizationHeaders: authorizationHeadersOf(rawHeaders), signal }),
    });
    if (response.body.kind === 'chunked') throw new TypeError('incremental delivery is not enabled');
    const challenge = metadataUrl === undefined ? undefined : response.headers.get('www-authenticate');
    // RFC 9728 section 5.1.
    if (challenge) response.headers.set('www-authenticate', `${challenge}, resource_metadata="${metadataUrl}"`);
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

function parametersOf({ search, body }: Pick<GraphqlRequest, 'search' | 'body'>) {
  return { search: withoutEmptyParameters(search), body: withoutEmptyMembers(body) };
}

/** All that Apollo Server 5.5 reads, our own plugins included: for the CSRF check and for negotiation. */
const namesForApollo = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight', explainHeader];

/** What a request without Accept is answered with as well, so that there is nothing to negotiate, which costs 4 µs. */
const acceptsJson: readonly unknown[] = ['*/*', 'application/json'];

function headersForApollo(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap(preflight(headers));
  for (const name of namesForApollo) {
    const value = headers[name];
    if (typeof value === 'string' && !(name === 'accept' && acceptsJson.includes(value))) map.set(name, value);
  }
  return map;
}

/** What plugins of the user's own may read: tokens are for the verifier alone. */
function allHeaders(headers: IncomingHttpHeaders): HeaderMap {
  const { authorization: _token, ...others } = headers;
  const entries = Object.entries(others).map(([name, value = '']) => [name, String(value)] as const);
  return new HeaderMap([...preflight(headers), ...entries]);
}

/** A page can have a browser send `authorization` after a preflight only, so that it needs no other sign of one. */
function preflight({ authorization }: IncomingHttpHeaders): readonly (readonly [string, string])[] {
  return authorization === undefined ? [] : [['apollo-require-preflight', 'by authorization']];
}
