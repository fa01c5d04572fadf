import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { GraphqlHttpResponse } from './handleGraphqlRequest.ts';

/** Answers what fails before GraphQL is reached in the shape that GraphQL clients read. */
export function registerErrorHandlers(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return reply.code(status).send(toBody(describe(status, error.message), { code: 'BAD_REQUEST' }));
    }
    const { headers, body } = toInternalErrorResponse(error, request.id, logger);
    return reply.code(500).headers(Object.fromEntries(headers)).send(body);
  });

  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(
      toBody('Nothing is here. The API is at /graphql (GET, POST); health at /health/live and /health/ready.', {
        code: 'BAD_REQUEST',
      }),
    ),
  );
}

/** The answer to a request that failed for no reason of its own; the log line of its errorId has the error. */
export function toInternalErrorResponse(error: unknown, requestId: string, logger: Logger): GraphqlHttpResponse {
  const errorId = randomUUID();
  logger.error({ requestId, errorId, err: error }, 'internal error');
  const message = 'Something went wrong on our side. Quote the errorId when you report it.';
  return {
    status: 500,
    headers: [['content-type', 'application/json; charset=utf-8']],
    body: JSON.stringify(toBody(message, { code: 'INTERNAL_SERVER_ERROR', errorId })),
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

function toBody(message: string, extensions: { readonly code: string; readonly errorId?: string }) {
  return { errors: [{ message, extensions }] };
}
