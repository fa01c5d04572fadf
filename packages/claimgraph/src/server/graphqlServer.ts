import { setTimeout as wait } from 'node:timers/promises';
import type { ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type ClaimsCacheOptions, claimsCacheKinds } from '../claims/claimsCacheOptions.ts';
import { observeSource } from '../claims/observeSource.ts';
import {
  createSharedClaims,
  type PublishedChange,
  type SharedClaims,
  type SharedClaimsEvents,
} from '../claims/redis/sharedClaims.ts';
import {
  type ClaimsSettings,
  createServerClaims,
  type ServerClaims,
  type ServerClaimsSettings,
} from '../claims/serverClaims.ts';
import { checkClaimGroups } from '../compile/checkClaimGroups.ts';
import type { Warning } from '../compile/problem.ts';
import { ConfigurationError } from '../errors.ts';
import type { GuardedSchema } from '../guard/guardedSchema.ts';
import type { DevelopmentConsole } from '../inspect/developmentConsole.ts';
import { createKeptRuns } from '../inspect/keptRuns.ts';
import { scopesOf } from '../inspect/rulesOf.ts';
import type { OperationLimits } from '../operation/limits.ts';
import {
  aFunction,
  aLogger,
  anObject,
  aText,
  byName,
  defined,
  either,
  numberBetween,
  type OptionKinds,
  objects,
  oneOf,
  optional,
  parseOptions,
  required,
  texts,
  wholeNumber,
  withMethods,
} from '../options.ts';
import type { AccessTokenIssuer } from '../token/accessTokenIssuer.ts';
import {
  type AccessTokenVerifier,
  type AccessTokenVerifierOptions,
  createAccessTokenVerifier,
} from '../token/accessTokenVerifier.ts';
import { createIssuerNames } from '../token/issuerNames.ts';
import type { UserPool } from '../token/userPool.ts';
import type { VerifyToken } from '../token/verifyWith.ts';
import { type ApolloServerOptions, createApolloParts, executionKinds } from './apollo/apolloServer.ts';
import { explainHeader } from './apollo/explainDecisions.ts';
import { type ContextRequest, createContextBuilder, type RequestContext } from './context.ts';
import { createLogger } from './createLogger.ts';
import { createDrain } from './http/drain.ts';
import type { HealthChecks } from './http/health.ts';
import { createHttpServer, type HttpServerOptions } from './http/httpServer.ts';
import { isResource, type ResourceMetadata } from './http/resourceMetadata.ts';
import type { HttpTimeouts } from './http/timeouts.ts';
import type { Observers } from './observers.ts';
import { parseSubscriptionSettings, type SubscriptionSettings } from './subscriptions/settings.ts';
import { createSubscriptions } from './subscriptions/subscriptions.ts';

/** What is not given has the defaults that docs/configuration.md names; introspection and CORS are then off. */
export interface GraphqlServerOptions<C, Groups extends ClaimsOfGroups = ClaimsOfGroups> {
  readonly guarded: GuardedSchema;
  /** The user pools whose access tokens are accepted: see `cognitoUserPool`. There are some, or issuers, or both. */
  readonly pools?: readonly UserPool[] | undefined;
  /** Other issuers whose access tokens are accepted: see docs/other-issuers.md. */
  readonly issuers?: readonly AccessTokenIssuer[] | undefined;
  /** In place of `pools`, `issuers` and `tokens`: a verifier of your own. Then nothing of a token is checked here. */
  readonly verifyToken?: VerifyToken | undefined;
  /** Where claims come from: those of no group, groups that are loaded apart (see `inGroup`), or both. */
  readonly claims: ServerClaimsSettings<C, Groups>;
  readonly tokens?: Partial<Omit<AccessTokenVerifierOptions, 'pools' | 'issuers' | 'onJwksFailure'>> | undefined;
  /** Adds what the resolvers need to the context of each request. */
  readonly extendContext?: (context: RequestContext<C, Groups>) => RequestContext<C, Groups>;
  /** What besides the issuers' keys `/health/ready` waits for. */
  readonly healthChecks?: HealthChecks;
  /** Exact origins of the web pages that may call the API from a browser. */
  readonly corsOrigins?: HttpServerOptions['corsOrigins'];
  /** Headers besides those of GraphQL clients and of tracing that such a page may send. */
  readonly corsAllowedHeaders?: readonly string[];
  readonly introspection?: ApolloServerOptions['introspection'];
  readonly limits?: Partial<OperationLimits>;
  /** How long a client may take for its part of a request; see `HttpTimeouts` for the defaults. */
  readonly timeouts?: Partial<HttpTimeouts>;
  /** `jit`, which compiles queries that are asked often, unless given. */
  readonly executor?: 'jit' | 'graphql-js';
  readonly compiling?: ApolloServerOptions['compiling'];
  /** Of how many operations the log tells how each field was decided: 0 to 1; 0 unless given. */
  readonly auditSample?: number;
  /** Whether any caller can have the rules told by the header `x-claimgraph-explain: 1`; `never` unless given. */
  readonly explain?: 'never' | 'for-callers-who-ask';
  /**
   * Plugins of Apollo Server. All of their hooks run, for operations that are refused before execution too; they are given
   * every header but `authorization`. One that follows execution (`executionDidStart`) has all operations executed
   * by graphql-js, and none from a compiled form.
   */
  readonly plugins?: readonly ApolloServerPlugin<RequestContext<C, Groups>>[];
  /** Adds to an error that clients read, which is formatted already. `error` is as it was thrown: show nothing of it unasked. */
  readonly formatError?: ApolloServerOptions['formatError'];
  /**
   * The HTML that somebody reads who opens /graphql in a browser, or what makes it for each visit; how to ask, in a few lines
   * of text, unless given. Its policy allows the `<style>` in it, and no script, image or form.
   */
  readonly landingPage?: HttpServerOptions['landingPage'];
  /**
   * For development only: a page at `/` that says why a field is refused and what would change it, to anybody on this machine,
   * with values of claims and rows. See `createConsole` of `claimgraph-console`. `/` is a line of text unless given.
   */
  readonly console?: DevelopmentConsole | undefined;
  /**
   * The address by which clients know the API, such as `https://api.example/graphql`. Given it, they learn at
   * `/.well-known/oauth-protected-resource` and from each challenge who issues tokens for it, and with which scopes
   * (RFC 9728). Not beside `verifyToken`, whose issuers are not known here.
   */
  readonly resource?: string | undefined;
  /**
   * Adds Fastify hooks, plugins and routes before the server listens; `app` takes them as well until then. Hooks run for
   * every request, after this server's own. While there are any, no request takes the fast path beside Fastify.
   */
  readonly configureApp?: HttpServerOptions['configureApp'];
  /**
   * Which GraphQLErrors that resolvers throw with an `extensions.code` of their own clients may read; all others are masked,
   * so none unless given. An AppError needs no leave: its class says what clients read.
   */
  readonly exposeErrors?: ApolloServerOptions['exposeErrors'];
  /**
   * How long requests are still accepted after `close` is called, while `/health/ready` says 503 already: as long as load
   * balancers take to notice. 0 unless given; in seconds, up to 300.
   */
  readonly drainSeconds?: number;
  /**
   * How subscriptions are served where the schema has any: over WebSockets (graphql-transport-ws) and server-sent events at
   * `/graphql`, unless told; `off` serves none. See docs/subscriptions.md for the settings.
   */
  readonly subscriptions?: 'off' | Partial<SubscriptionSettings> | undefined;
  /** The largest body of a request: 200,000 bytes unless given. */
  readonly maxBodyBytes?: number;
  /** Told what happens, for metrics: see `createPrometheusMetrics`. */
  readonly observers?: Observers;
  /** JSON lines on stderr unless given. */
  readonly logger?: Logger;
}

/** The claims of each group, by its name. */
type ClaimsOfGroups = Readonly<Record<string, unknown>>;

export interface GraphqlServer<C, Groups extends ClaimsOfGroups = ClaimsOfGroups> {
  /** Starts to answer; `url` has the real port when 0 was asked for. `/health/ready` waits for the keys of the pools. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>;
  /** For a host that hands requests over itself, as AWS Lambda does: the keys are fetched; resolves also when they cannot be. */
  start(): Promise<void>;
  /** What answers, for such a host. */
  readonly app: FastifyInstance;
  /** To be told when somebody's claims have changed: for all groups at once, or by `groups` for one. */
  readonly claims: ServerClaims<C, Groups>;
  /**
   * Tells this process and, where claims are shared, all others of a change that the API has just committed; resolves when
   * Redis has taken it or cannot, and never rejects.
   */
  publishClaimsChange(change: PublishedChange): Promise<void>;
  /** What became of the questions that were not remembered here; undefined when claims are not shared. */
  readonly sharedClaimsCounts: SharedClaims['counts'] | undefined;
  /**
   * Says at `/health/ready` that it stops, and ends each connection with the next answer on it; accepts requests for
   * `drainSeconds` more, lets those that run end (10 s at most), then lets go of timers.
   */
  close(): Promise<void>;
}

const defaultClaimsSettings = {
  ttlSeconds: 30,
  negativeTtlSeconds: 5,
  maxEntries: 100_000,
  maxBatchSize: 1_000,
  timeoutMs: 2_000,
};
const maxDrainMs = 10_000;

const serverKinds: OptionKinds<GraphqlServerOptions<unknown>> = {
  ...executionKinds,
  guarded: required(anObject),
  pools: objects,
  issuers: objects,
  verifyToken: aFunction,
  claims: required(anObject),
  tokens: anObject,
  extendContext: aFunction,
  healthChecks: byName(aFunction),
  corsOrigins: either(texts, anObject),
  corsAllowedHeaders: texts,
  timeouts: anObject,
  landingPage: either(aText, aFunction),
  console: withMethods('connect'),
  resource: aText,
  configureApp: aFunction,
  drainSeconds: numberBetween(0, 300),
  maxBodyBytes: wholeNumber(1),
  subscriptions: either(oneOf('off'), anObject),
  logger: aLogger,
};

/** Each cache is held to more once it has its defaults. */
const claimsKinds = { ...optional(claimsCacheKinds), groups: byName(anObject), shared: anObject };

/** The only wiring of the engine: HTTP → token → principal → plan → claims → decisions → resolvers. */
export async function createGraphqlServer<C, Groups extends ClaimsOfGroups = ClaimsOfGroups>(
  given: GraphqlServerOptions<C, Groups>,
): Promise<GraphqlServer<C, Groups>> {
  const options = parseOptions('createGraphqlServer', given, serverKinds);
  const { guarded, pools = [], extendContext = (context) => context, healthChecks, corsOrigins = [] } = options;
  const { introspection = 'off', limits = {}, logger = createLogger() } = options;
  const { observers = {} } = options;
  parseOptions('claims', options.claims, claimsKinds);
  const drainMs = (options.drainSeconds ?? 0) * 1000;
  const warnings = [...guarded.warnings, ...checkGroups(options)];
  for (const { message, ...warning } of warnings) logger.warn(warning, `permission map: ${message}`);
  const verifier = options.verifyToken ? ownVerifier(options, options.verifyToken) : createVerifier(options, logger);
  const shared =
    options.claims.shared &&
    createSharedClaims(options.claims.shared, { ...logSharedClaims(logger), onCount: observers.onSharedClaims });
  const complete = <T>(settings: ClaimsSettings<T>, group?: string): ClaimsCacheOptions<T> => ({
    ...defaultClaimsSettings,
    ...defined(settings),
    source: observers.onClaimsCall ? observeSource(settings.source, observers.onClaimsCall, group) : settings.source,
    ...(shared && { tier: shared.tierOf(group) }),
  });
  const names = createIssuerNames(pools);
  const claims = createServerClaims<C, Groups>(options.claims, complete, (told) =>
    typeof told === 'string' ? names.toCanonicalKey(told) : names.toCanonical(told),
  );
  shared?.follow(claims);
  const buildContext = createContextBuilder<C, Groups>({
    verifyToken: verifier.verify,
    claims,
    claimGroups: claims.groups,
    onClaimsUnavailable: (error, requestId, claimGroup) =>
      logger.error({ requestId, claimGroup, err: error }, 'claims unavailable'),
    onClaimsStale: (error, requestId, claimGroup) =>
      logger.warn({ requestId, claimGroup, err: error }, 'serving stale claims: the claims source is failing'),
  });
  const {
    executor = 'jit',
    compiling = {},
    auditSample = 0,
    explain = options.console ? 'for-callers-who-ask' : 'never',
    exposeErrors,
    formatError,
    plugins = [],
  } = options;
  const runs = options.console && createKeptRuns();
  const explaining = { runs, countStatements: options.console?.countStatements };
  const execution = { executor, compiling, auditSample, explain, explaining, exposeErrors, formatError, observers };
  // They are given the contexts that are built below, whose claims are of these types.
  const ownPlugins = plugins as readonly ApolloServerPlugin<RequestContext>[];
  const parts = createApolloParts(guarded, { plugins: ownPlugins, introspection, logger, limits, ...execution });
  const { apollo } = parts;
  const buildRequestContext = async (request: ContextRequest) => extendContext(await buildContext(request));
  const { subscriptions: live = {} } = options;
  const subscriptions =
    live === 'off' || !guarded.schema.getSubscriptionType()
      ? undefined
      : await createSubscriptions({
          settings: parseSubscriptionSettings(live),
          parts,
          buildContext: buildRequestContext,
          corsOrigins,
          logger,
          onOperation: observers.onOperation,
        });
  await apollo.start();
  const drain = createDrain();
  const app = await createHttpServer({
    drain,
    apollo,
    buildContext: buildRequestContext,
    eventStream: subscriptions?.eventStream,
    healthChecks: { ...(!options.verifyToken && { userPoolKeys: () => verifier.isReady() }), ...healthChecks },
    corsOrigins,
    timeouts: options.timeouts,
    maxBodyBytes: options.maxBodyBytes,
    logger,
    passAllHeaders: plugins.length > 0,
    corsAllowedHeaders: [
      ...(explain === 'for-callers-who-ask' ? [explainHeader] : []),
      ...(options.corsAllowedHeaders ?? []),
    ],
    landingPage: options.landingPage,
    console: options.console?.connect({
      guarded,
      runs,
      claimsTtlSeconds: claimsTtlSecondsOf(options.claims),
      claimGroups: Object.keys(claims.groups),
      async authorize(authorizationHeaders) {
        return (await buildContext({ requestId: 'console', authorizationHeaders })).authorization;
      },
    }),
    resourceMetadata: options.resource === undefined ? undefined : describeResource(options, options.resource),
    configureApp: options.configureApp,
  });
  subscriptions?.serve(app);

  return {
    start: () => verifier.start(),
    app,
    async listen(address) {
      // Not awaited: the process is live while it waits for the keys, and says so at /health/ready.
      void verifier.start();
      const url = new URL(await app.listen(address).catch((error: unknown) => explainListening(error, address)));
      // Fastify listens on every address of localhost and names one of them.
      if (address.host === 'localhost') url.hostname = 'localhost';
      return { url: url.origin };
    },
    claims,
    async publishClaimsChange(change) {
      const { revision, subjects } = change;
      if (subjects === 'all') claims.invalidateAll(revision);
      else for (const subject of subjects) claims.invalidate(subject, revision);
      await shared?.publish(change);
    },
    sharedClaimsCounts: shared?.counts,
    async close() {
      drain.begin();
      if (drainMs > 0 && app.server.listening) await wait(drainMs);
      await subscriptions?.close();
      const drainTimeout = setTimeout(() => app.server.closeAllConnections(), maxDrainMs);
      await app.close();
      clearTimeout(drainTimeout);
      await apollo.stop();
      shared?.close();
      claims.close();
      verifier.close();
    },
  };
}

type TokenOptions = Pick<GraphqlServerOptions<unknown>, 'pools' | 'issuers' | 'tokens'>;

function createVerifier({ pools, issuers, tokens }: TokenOptions, logger: Logger): AccessTokenVerifier {
  return createAccessTokenVerifier({
    ...defined(tokens),
    pools,
    issuers,
    onJwksFailure: ({ issuer, error }) =>
      logger.warn({ issuer, err: error }, 'the keys of an issuer could not be fetched'),
  });
}

type ResourceOptions = Pick<GraphqlServerOptions<never>, 'guarded' | 'pools' | 'issuers' | 'verifyToken'>;

function describeResource(
  { guarded, pools = [], issuers = [], verifyToken }: ResourceOptions,
  resource: string,
): ResourceMetadata {
  if (!isResource(resource)) {
    throw new ConfigurationError(
      'resource: expected the https address by which clients know the API, without query and fragment, such as ' +
        `https://api.example/graphql (http for localhost); got ${resource}`,
    );
  }
  if (verifyToken) {
    throw new ConfigurationError('resource: expected pools or issuers, which it tells of; got verifyToken');
  }
  return {
    resource,
    authorization_servers: [...pools, ...issuers].map(({ issuer }) => issuer),
    scopes_supported: scopesOf(guarded.plans.values()),
    bearer_methods_supported: ['header'],
  };
}

/** Settings beside it would seem to hold and do nothing, the revocation list of `tokens` among them. */
function ownVerifier({ pools, issuers, tokens }: TokenOptions, verifyToken: VerifyToken) {
  const given = Object.entries({ pools, issuers, tokens }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (given.length > 0) {
    throw new ConfigurationError(
      `verifyToken: expected no pools, issuers and tokens beside it; got ${given.join(', ')}`,
    );
  }
  return { start: async () => {}, isReady: () => true, verify: verifyToken, close() {} };
}

function claimsTtlSecondsOf<C, Groups extends ClaimsOfGroups>(claims: ServerClaimsSettings<C, Groups>): number {
  return 'ttlSeconds' in claims && claims.ttlSeconds !== undefined
    ? claims.ttlSeconds
    : defaultClaimsSettings.ttlSeconds;
}

/** Holds the groups that the rules read, and those of a candidate map, against the groups that have a source. */
function checkGroups<C, Groups extends ClaimsOfGroups>({
  guarded: { plans, candidates },
  claims: { source, groups },
}: GraphqlServerOptions<C, Groups>): readonly Warning[] {
  const configured = [...(source ? [undefined] : []), ...Object.keys(groups ?? {})];
  if (configured.length === 0) {
    throw new ConfigurationError('claims: expected `source`, `groups` or both; got neither');
  }
  return checkClaimGroups([...plans.values(), ...(candidates?.values() ?? [])], configured);
}

/** Once when something stops to work, and once when it does again; never a value, an argument or a URL. */
function logSharedClaims(logger: Logger): SharedClaimsEvents {
  const consequence = {
    reading: 'claims come from their source alone',
    writing: 'other processes do not get the claims read here',
    listening: 'changes made through other processes are heard from the store alone',
  };
  return {
    onStateChange(what, state, reason) {
      if (state === 'works') logger.info({ what }, 'shared claims: Redis answers');
      else logger.warn({ what, reason }, `shared claims: Redis does not answer; ${consequence[what]}`);
    },
    onUnreadable: () =>
      logger.warn('shared claims: Redis holds values that the secret does not open; they are ignored and counted'),
    onForeign: () =>
      logger.warn(
        'shared claims: ignoring Redis messages sealed with a different secret; they are counted. ' +
          'Processes that are to share claims need the same CLAIMS_CACHE_SECRET',
      ),
  };
}

function explainListening(error: unknown, { host, port }: { readonly host: string; readonly port: number }): never {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    throw new ConfigurationError(
      `PORT: expected a free port on ${host}; ${port} is taken. Stop what uses it, or set PORT.`,
    );
  }
  throw error;
}
