import type { AccessTokenIssuer, CanFailure, UserPool } from 'claimgraph';
import { createFieldIndex, createGuardedSchema, createRevocationList, readTypeDefs } from 'claimgraph';
import type { DevelopmentConsole } from 'claimgraph/inspect';
import type { PrometheusMetrics } from 'claimgraph/metrics';
import type { SharedClaimsOptions } from 'claimgraph/redis';
import type { ApolloServerOptions } from 'claimgraph/server';
import { createGraphqlServer, type GraphqlServer } from 'claimgraph/server';
import type { Logger } from 'pino';
import type { InvestmentsClaims } from './access/claims.ts';
import { followAccessRecords } from './access/claimsChanges.ts';
import type { ClaimsInvalidator } from './access/claimsInvalidator.ts';
import { createInvestmentsClaimsSource, fetchClaimsRevision } from './access/claimsSource.ts';
import { permissions } from './access/permissions.ts';
import { createInvestmentsRevocationSource } from './access/revocationSource.ts';
import { createViewerChanges } from './access/viewerChanges.ts';
import type { Config } from './config/config.ts';
import { withInvestmentsData } from './context.ts';
import type { OpenDatabase } from './data/openDatabase.ts';
import { createOutboxTail } from './data/outbox/outboxTail.ts';
import { resolvers } from './resolvers/index.ts';

export interface ServerDependencies {
  readonly pools: readonly UserPool[];
  /** Issuers besides Cognito; none unless given. */
  readonly issuers?: readonly AccessTokenIssuer[] | undefined;
  /** Stays open when the server is closed. */
  readonly database: OpenDatabase;
  /** Where claims are shared with other processes; stays open when the server is closed. */
  readonly sharedClaims?: Omit<SharedClaimsOptions, 'readRevision'> | undefined;
  readonly logger: Logger;
  readonly settings: ServerSettings;
  readonly metrics?: PrometheusMetrics | undefined;
  /** When queries are compiled, other than by default. */
  readonly compiling?: ApolloServerOptions['compiling'];
  /** A page for developers at `/`; a line of text unless given. Never in production: it tells claims and rows. */
  readonly console?: DevelopmentConsole | undefined;
}

/** See docs/configuration.md for each. */
export type ServerSettings = Pick<
  Config,
  | 'claims'
  | 'tokens'
  | 'resource'
  | 'corsAllowedHeaders'
  | 'timeouts'
  | 'corsOrigins'
  | 'introspection'
  | 'executor'
  | 'auditSample'
  | 'explain'
  | 'drainSeconds'
>;

const claimsHeartbeatMs = 1_000;

export interface Server extends GraphqlServer<InvestmentsClaims> {
  /**
   * For a process that may have stood still, and so heard of nothing: resolves once what it remembers is as new as the
   * database is now. Where the database cannot tell, what is remembered goes on to live at most as long as its TTL.
   */
  catchUp(): Promise<void>;
}

/** The included domain on the engine, just as a library user's own domain would be. */
export async function createServer(dependencies: ServerDependencies): Promise<Server> {
  const { pools, issuers, database, sharedClaims, logger, settings, compiling, metrics, console } = dependencies;
  const guarded = createGuardedSchema({
    typeDefs: readTypeDefs(new URL('../schema/', import.meta.url)),
    resolvers,
    permissions,
  });
  const fields = createFieldIndex(guarded);
  const revocations = createRevocationList({
    source: createInvestmentsRevocationSource(database.db),
    pools,
    maxStalenessSeconds: settings.claims.ttlSeconds,
    refreshSeconds: settings.claims.ttlSeconds / 3,
    onFailure: (error) => logger.warn({ err: error }, 'the revocation list could not be read'),
  });
  const outbox = createOutboxTail({
    database,
    onOutage: (error) => logger.warn({ err: error }, 'the outbox cannot be read; what was written is told later'),
  });
  const viewerChanges = createViewerChanges();
  const freshness: ClaimsInvalidator = {
    async invalidate(subjects) {
      await Promise.all([server.publishClaimsChange({ subjects }), revocations.changed(subjects)]);
    },
  };
  const server = await createGraphqlServer({
    guarded,
    pools,
    issuers,
    claims: {
      source: createInvestmentsClaimsSource(database.db),
      ...settings.claims,
      shared: sharedClaims && { ...sharedClaims, readRevision: () => fetchClaimsRevision(database.db) },
    },
    tokens: { ...settings.tokens, isRevoked: revocations.isRevoked },
    extendContext: (context) => {
      const onRuleThrew = (failure: CanFailure) => logger.error(failure, 'a rule threw');
      return withInvestmentsData(context, { database, fields, freshness, outbox, viewerChanges, onRuleThrew });
    },
    healthChecks: {
      revocationList: revocations.isFresh,
      database: async () => {
        await database.ping();
        return true;
      },
    },
    timeouts: settings.timeouts,
    corsOrigins: settings.corsOrigins,
    resource: settings.resource,
    corsAllowedHeaders: settings.corsAllowedHeaders,
    introspection: settings.introspection,
    executor: settings.executor,
    auditSample: settings.auditSample,
    explain: settings.explain,
    drainSeconds: settings.drainSeconds,
    ...(compiling && { compiling }),
    ...(console && { console }),
    ...(metrics && { observers: metrics.observers }),
    logger,
  });
  const changes = followAccessRecords({
    database,
    // In this order: who is told that their rights have changed is to read the new ones.
    listeners: [server.claims, revocations, viewerChanges],
    onSignInsRevoked: revocations.invalidateAll,
    heartbeatMs: claimsHeartbeatMs,
    onMissed(gap) {
      metrics?.onAnnouncementsMissed();
      logger.warn(gap, 'announcements of changed claims were missed: all remembered claims were dropped');
    },
    onUnreadable() {
      metrics?.onAnnouncementsMissed();
      logger.warn(
        'an announcement of changed claims was not understood: all remembered claims were dropped. ' +
          'A later release makes other ones, and nobody else should notify claims_changed',
      );
    },
    onBroken: (error) => logger.warn({ err: error }, 'announcements of changed claims cannot be heard right now'),
  });
  return {
    ...server,
    async start() {
      await Promise.all([revocations.start(), server.start()]);
    },
    async listen(address) {
      await revocations.start();
      return server.listen(address);
    },
    async catchUp() {
      try {
        const revision = await fetchClaimsRevision(database.db);
        const hasMissed = revision === undefined || changes.catchUp(revision);
        if (hasMissed || !revocations.isFresh()) await revocations.start();
      } catch (error) {
        logger.warn({ err: error }, 'what changed while this process stood still could not be read');
      }
    },
    async close() {
      await server.close();
      viewerChanges.close();
      await outbox.close();
      await changes.close();
      revocations.close();
    },
  };
}
