import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** Answers what fails before GraphQL is reached in the shape that GraphQL clients read. */
export function answerErrors(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      return reply.code(status).send(toBody(describe(status, error.message), { code: 'BAD_REQUEST' }));
    }
    const errorId = randomUUID();
    logger.error({ requestId: request.id, errorId, err: error }, 'internal error');
    return reply.code(500).send(
      toBody('Something went wrong on our side. Quote the errorId when you report it.', {
        code: 'INTERNAL_SERVER_ERROR',
        errorId,
      }),
    );
  });

  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(
      toBody('Nothing is here. The API is at /graphql (GET, POST); health at /health/live and /health/ready.', {
        code: 'BAD_REQUEST',
      }),
    ),
  );
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
