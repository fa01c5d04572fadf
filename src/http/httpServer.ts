import { randomUUID } from 'node:crypto';
import type { ApolloServer } from '@apollo/server';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import type { ContextRequest, RequestContext } from '../graphql/context.ts';
import { toRequestError } from '../graphql/httpError.ts';
import { answerErrors } from './errorAnswers.ts';
import { serveGraphql } from './graphqlRoute.ts';
import { type HealthChecks, serveHealth } from './health.ts';

export interface HttpServerOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly healthChecks: HealthChecks;
  /** Exact origins of the SPAs that may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  readonly logger: Logger;
}

const maxBodyBytes = 200_000;

/** The Fastify host: routes, headers, CORS and health. It knows nothing of tokens but where their header is. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { apollo, buildContext, healthChecks, corsOrigins, logger } = options;
  const loggerInstance: FastifyBaseLogger = logger;
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    genReqId: ({ headers }) => sanitiseRequestId(headers['x-request-id']),
    forceCloseConnections: 'idle',
  });
  answerErrors(app, logger);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  });
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Apollo-Require-Preflight', 'X-Request-Id'],
    // Without these a browser's code sees neither why a token was refused nor when to try again.
    exposedHeaders: ['WWW-Authenticate', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
  // A browser sends text/plain without a preflight; nothing here reads it.
  app.removeContentTypeParser('text/plain');
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
    // What one caller may see must not be kept for another (RFC 9111 section 3.5).
    reply.header('cache-control', 'private, no-store');
  });
  serveHealth(app, healthChecks);
  serveGraphql(app, apollo, async (request) => {
    try {
      return await buildContext({ requestId: request.id, authorizationHeaders: authorizationHeadersOf(request) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      logger.info({ requestId: request.id, code: error.code, reason: error.message }, 'request refused');
      throw toRequestError(error);
    }
  });
  return app;
}

/** Every Authorization header that was sent: `request.headers` keeps only the first. */
function authorizationHeadersOf({ raw: { rawHeaders } }: FastifyRequest): readonly string[] {
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  );
}

/** A caller's own request id is kept when it is short and harmless in a log. */
function sanitiseRequestId(sent: string | readonly string[] | undefined): string {
  return typeof sent === 'string' && /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
}
