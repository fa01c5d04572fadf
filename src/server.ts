import type { Logger } from 'pino';
import { createClaimsCache } from './claims/claimsCache.ts';
import type { Config } from './config/config.ts';
import { ConfigurationError } from './errors.ts';
import { type ApolloServerOptions, createApolloServer } from './graphql/apolloServer.ts';
import { createContextBuilder } from './graphql/context.ts';
import { createGuardedSchema, readTypeDefs } from './graphql/guardedSchema.ts';
import { createHttpServer } from './http/httpServer.ts';
import { followAccessRecords } from './investments/claimsChanges.ts';
import { createInvestmentsClaimsSource } from './investments/claimsSource.ts';
import { withInvestmentsData } from './investments/context.ts';
import type { OpenDatabase } from './investments/data/openDatabase.ts';
import { permissions } from './investments/permissions.ts';
import { resolvers } from './investments/resolvers/index.ts';
import { createFieldDirectory } from './permissions/fieldDirectory.ts';
import { createAccessTokenVerifier } from './token/accessTokenVerifier.ts';
import type { UserPool } from './token/userPool.ts';

export interface ServerDependencies {
  readonly pools: readonly UserPool[];
  readonly database: OpenDatabase;
  readonly logger: Logger;
  readonly settings: ServerSettings;
  /** When queries are compiled, other than by default. */
  readonly compiling?: ApolloServerOptions['compiling'];
}

/** See the configuration table in README for each. */
export type ServerSettings = Pick<
  Config,
  'claims' | 'tokens' | 'corsOrigins' | 'introspection' | 'executor' | 'auditSample' | 'explain'
>;

export interface Server {
  /** Starts to answer; `url` has the real port when 0 was asked for. `/health/ready` waits for JWKS and database. */
  listen(address: { readonly host: string; readonly port: number }): Promise<{ readonly url: string }>;
  /** Stops to accept, lets running requests end (10 s at most), then lets go of timers. The database stays open. */
  close(): Promise<void>;
}

const maxClaimsBatchSize = 1_000;
const maxDrainMs = 10_000;
const claimsHeartbeatMs = 1_000;

function explainListening(error: unknown, { host, port }: { readonly host: string; readonly port: number }): never {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    throw new ConfigurationError(
      `PORT: expected a free port on ${host}; ${port} is taken. Stop what uses it, or set PORT.`,
    );
  }
  throw error;
}

/** The only wiring: HTTP → token → principal → plan → claims → decisions → resolvers → data. */
export async function createServer({
  pools,
  database,
  logger,
  settings,
  compiling,
}: ServerDependencies): Promise<Server> {
  const guarded = createGuardedSchema({
    typeDefs: readTypeDefs(new URL('../schema/', import.meta.url)),
    resolvers,
    permissions: { ...permissions },
  });
  const fields = createFieldDirectory(guarded);
  for (const warning of guarded.warnings) logger.warn({ warning }, 'permission map');
  const verifier = createAccessTokenVerifier({
    pools,
    graceSeconds: settings.tokens.graceSeconds,
    jwksRefreshSeconds: settings.tokens.jwksRefreshSeconds,
    onJwksFailure: ({ issuer, error }) =>
      logger.warn({ issuer, err: error }, 'the keys of a user pool could not be fetched'),
  });
  const claims = createClaimsCache({
    source: createInvestmentsClaimsSource(database.db),
    maxBatchSize: maxClaimsBatchSize,
    ...settings.claims,
  });
  const changes = followAccessRecords({
    database,
    cache: claims,
    heartbeatMs: claimsHeartbeatMs,
    onGap: (gap) => logger.warn(gap, 'announcements of changed claims were missed: all remembered claims were dropped'),
    onBroken: (error) => logger.warn({ err: error }, 'announcements of changed claims cannot be heard right now'),
  });
  const buildContext = createContextBuilder({
    verifyToken: verifier.verify,
    claims,
    onClaimsUnavailable: (error, requestId) => logger.error({ requestId, err: error }, 'claims unavailable'),
  });
  const apollo = createApolloServer(guarded, {
    introspection: settings.introspection,
    auditSample: settings.auditSample,
    explain: settings.explain,
    executor: settings.executor,
    ...(compiling && { compiling }),
    logger,
  });
  await apollo.start();
  const app = await createHttpServer({
    apollo,
    buildContext: async (request) => withInvestmentsData(await buildContext(request), database.db, fields),
    healthChecks: {
      userPoolKeys: () => verifier.isReady(),
      database: async () => {
        await database.ping();
        return true;
      },
    },
    corsOrigins: settings.corsOrigins,
    logger,
  });

  return {
    async listen(address) {
      // Not awaited: the process is live while it waits for the keys, and says so at /health/ready.
      void verifier.start();
      const url = new URL(await app.listen(address).catch((error: unknown) => explainListening(error, address)));
      // Fastify listens on every address of localhost and names one of them.
      if (address.host === 'localhost') url.hostname = 'localhost';
      return { url: url.origin };
    },
    async close() {
      const impatience = setTimeout(() => app.server.closeAllConnections(), maxDrainMs);
      await app.close();
      clearTimeout(impatience);
      await apollo.stop();
      await changes.close();
      claims.close();
      verifier.close();
    },
  };
}
