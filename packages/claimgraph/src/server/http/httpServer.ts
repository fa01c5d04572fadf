import type { ApolloServer } from '@apollo/server';
import cors from '@fastify/cors';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { ContextRequest, RequestContext } from '../context.ts';
import { closeUnusedSocketsOnShutdown } from './closeUnusedSockets.ts';
import { corsOptions } from './cors.ts';
import { createDrain, type Drain, drainConnections } from './drain.ts';
import { registerErrorHandlers } from './errorHandlers.ts';
import { installFastPath } from './fastPath.ts';
import { fixedHeaders } from './fixedHeaders.ts';
import { serveGraphql } from './graphqlRoute.ts';
import { createGraphqlRequestHandler } from './handleGraphqlRequest.ts';
import { type HealthChecks, serveHealth } from './health.ts';
import { readRequestId } from './requestId.ts';
import { type HttpTimeouts, parseTimeouts, toServerOptions } from './timeouts.ts';

export interface HttpServerOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly healthChecks: HealthChecks;
  /** Exact origins of the SPAs that may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  /** As by default unless given. */
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  readonly logger: Logger;
  /** Told when the host is to drain before it is closed; closing it drains it as well. */
  readonly drain?: Drain;
}

const maxBodyBytes = 200_000;

/** The Fastify host: routes, headers, CORS and health. It knows nothing of tokens but where their header is. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { healthChecks, corsOrigins, logger, drain = createDrain() } = options;
  const loggerInstance: FastifyBaseLogger = logger;
  const handleGraphqlRequest = createGraphqlRequestHandler(options);
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    genReqId: ({ headers }) => readRequestId(headers),
    forceCloseConnections: 'idle',
    ...toServerOptions(parseTimeouts(options.timeouts)),
  });
  installFastPath(app, { handleGraphqlRequest, corsOrigins, maxBodyBytes, logger });
  closeUnusedSocketsOnShutdown(app);
  drainConnections(app, drain);
  registerErrorHandlers(app, logger);
  // Before CORS, which answers preflights in its own hook.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(fixedHeaders).header('x-request-id', request.id);
    done();
  });
  await app.register(cors, corsOptions(corsOrigins));
  // A browser sends text/plain without a preflight; nothing here reads it.
  app.removeContentTypeParser('text/plain');
  serveHealth(app, healthChecks, drain);
  serveGraphql(app, handleGraphqlRequest);
  return app;
}
