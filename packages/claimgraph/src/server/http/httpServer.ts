import type { ApolloServer } from '@apollo/server';
import cors from '@fastify/cors';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { ConsoleHandler } from '../../inspect/developmentConsole.ts';
import type { ContextRequest, RequestContext } from '../context.ts';
import { closeUnusedSocketsOnShutdown } from './closeUnusedSockets.ts';
import { answerClientError } from './connectionErrors.ts';
import { type CorsOrigins, corsOptions } from './cors.ts';
import { createDrain, type Drain, drainConnections } from './drain.ts';
import { registerErrorHandlers } from './errorHandlers.ts';
import { installFastPath } from './fastPath.ts';
import { fixedHeaders } from './fixedHeaders.ts';
import { type EventStreamHandler, type LandingPage, serveGraphql } from './graphqlRoute.ts';
import { createGraphqlRequestHandler } from './handleGraphqlRequest.ts';
import { type HealthChecks, serveHealth } from './health.ts';
import { checkRequests } from './requestChecks.ts';
import { readRequestId } from './requestId.ts';
import { type ResourceMetadata, serveResourceMetadata } from './resourceMetadata.ts';
import { serveStartPage } from './startPage.ts';
import { type HttpTimeouts, parseTimeouts, toServerOptions } from './timeouts.ts';
import { watchAdditions } from './watchAdditions.ts';

export interface HttpServerOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly buildContext: (request: ContextRequest) => Promise<RequestContext>;
  readonly healthChecks: HealthChecks;
  /** Exact origins of the SPAs that may call the API from a browser. */
  readonly corsOrigins: CorsOrigins;
  /** Headers besides the usual ones that a browser may send from there. */
  readonly corsAllowedHeaders?: readonly string[] | undefined;
  /** As by default unless given. */
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /** The largest body; 200,000 bytes unless given. */
  readonly maxBodyBytes?: number | undefined;
  readonly logger: Logger;
  /** Told when the host is to drain before it is closed; closing it drains it as well. */
  readonly drain?: Drain;
  /** Whether Apollo Server is given every header but `authorization`, for plugins that read some; those that it reads itself otherwise. */
  readonly passAllHeaders?: boolean | undefined;
  /** The HTML that a browser reads at /graphql; a few lines of text unless given. */
  readonly landingPage?: LandingPage | undefined;
  /** What a browser reads at `/`, and all of `/console`; a line of text unless given. */
  readonly console?: ConsoleHandler | undefined;
  /** Served to clients that look for an authorization server, and named in every challenge; nothing of it unless given. */
  readonly resourceMetadata?: ResourceMetadata | undefined;
  /** Answers what asks for a stream of events; nothing does unless given. */
  readonly eventStream?: EventStreamHandler | undefined;
  /** Adds hooks, plugins and routes of the user's own. */
  readonly configureApp?: ((app: FastifyInstance) => void | Promise<void>) | undefined;
}

const defaultMaxBodyBytes = 200_000;

/** The Fastify host: routes, headers, CORS and health. It knows nothing of tokens but where their header is. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { healthChecks, corsOrigins, logger, drain = createDrain() } = options;
  const { maxBodyBytes = defaultMaxBodyBytes } = options;
  const loggerInstance: FastifyBaseLogger = logger;
  const handleGraphqlRequest = createGraphqlRequestHandler(options);
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    genReqId: ({ headers }) => readRequestId(headers),
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    ...toServerOptions(parseTimeouts(options.timeouts)),
  });
  let isPassedBy = () => false;
  const { eventStream } = options;
  const servesEvents = eventStream !== undefined;
  const isAdded = () => isPassedBy();
  installFastPath(app, { handleGraphqlRequest, corsOrigins, maxBodyBytes, logger, isPassedBy: isAdded, servesEvents });
  closeUnusedSocketsOnShutdown(app);
  drainConnections(app, drain);
  registerErrorHandlers(app, logger);
  // Before CORS, which answers preflights in its own hook.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(fixedHeaders).header('x-request-id', request.id);
    done();
  });
  checkRequests(app);
  await app.register(cors, corsOptions(corsOrigins, options.corsAllowedHeaders));
  // A browser sends text/plain without a preflight; nothing here reads it.
  app.removeContentTypeParser('text/plain');
  serveHealth(app, healthChecks, drain);
  const landingPage = options.console ? { redirectTo: '/' } : options.landingPage;
  serveGraphql(app, handleGraphqlRequest, { landingPage, eventStream });
  serveStartPage(app, options.console);
  if (options.resourceMetadata) serveResourceMetadata(app, options.resourceMetadata);
  isPassedBy = watchAdditions(app);
  await options.configureApp?.(app);
  return app;
}
