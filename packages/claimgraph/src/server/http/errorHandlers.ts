import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { GraphqlHttpResponse } from './handleGraphqlRequest.ts';

/** Answers what fails before GraphQL is reached in the shape that GraphQL clients read. */
export function registerErrorHandlers(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return reply.code(status).send(toErrorBody(describe(status, error.message), { code: 'BAD_REQUEST' }));
    }
    const { headers, body } = toInternalErrorResponse(error, request.id, logger);
    return reply.code(500).headers(Object.fromEntries(headers)).send(body);
  });

  app.setNotFoundHandler((request, reply) => {
    if (request.url.split('?')[0] === '/graphql') {
      // RFC 9110 section 15.5.6.
      return reply
        .code(405)
        .header('allow', 'GET, POST, HEAD, OPTIONS')
        .send(toErrorBody('Ask by GET or POST.', { code: 'BAD_REQUEST' }));
    }
    return reply.code(404).send(
      toErrorBody('Not found. The API is at /graphql (GET, POST); health at /health/live and /health/ready.', {
        code: 'BAD_REQUEST',
      }),
    );
  });
}

/** The answer to a request that failed for no reason of its own; the log line of its errorId has the error. */
export function toInternalErrorResponse(error: unknown, requestId: string, logger: Logger): GraphqlHttpResponse {
  const errorId = randomUUID();
  logger.error({ requestId, errorId, err: error }, 'internal error');
  const message = 'Something went wrong on our side. Quote the errorId when you report it.';
  return {
    status: 500,
    headers: [['content-type', 'application/json; charset=utf-8']],
    body: JSON.stringify(toErrorBody(message, { code: 'INTERNAL_SERVER_ERROR', errorId })),
  };
}

function describe(status: number, message: string): string {
  switch (status) {
    case 413:
      return 'The request body is too large.';
    case 415:
      return 'Send the GraphQL request as Content-Type: application/json.';
    default:
      return message;
  }
}

/** An answer that GraphQL did not make, in the shape that GraphQL clients read. */
export function toErrorBody(
  message: string,
  extensions: { readonly code: string; readonly errorId?: string; readonly retryable?: boolean },
) {
  return { errors: [{ message, extensions }] };
}
