import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { type OpenDatabase, openDatabase } from './investments/data/openDatabase.ts';
import { createPrometheusMetrics } from './metrics/prometheusMetrics.ts';
import { serveMetrics } from './metrics/serveMetrics.ts';
import { openSharedClaims } from './openSharedClaims.ts';
import { createServer } from './server.ts';
import type { UserPool } from './token/userPool.ts';

/** A process's API: listening, and to be closed once. */
export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the database and Redis, starts the server on them, and closes all in the reverse order, also when starting fails. */
export async function serve(
  config: Config,
  parts: {
    readonly pools: readonly UserPool[];
    readonly logger: Logger;
    readonly prepareDatabase?: (database: OpenDatabase) => Promise<void>;
  },
): Promise<Serving> {
  const { pools, logger, prepareDatabase } = parts;
  const { statementTimeoutMs, rowLevelSecurity } = config;
  const database = await openDatabase({ ...config.database, statementTimeoutMs, rowLevelSecurity });
  const opened: (() => Promise<void>)[] = [database.close];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    await prepareDatabase?.(database);
    const { sharedClaims, close: closeShared } = openSharedClaims(config, logger);
    opened.push(async () => closeShared());
    const metrics = config.metricsPort === undefined ? undefined : createPrometheusMetrics();
    const server = await createServer({ pools, database, sharedClaims, logger, settings: config, metrics });
    opened.push(server.close);
    if (metrics && config.metricsPort !== undefined) {
      const endpoint = await serveMetrics(metrics.registry, { host: config.host, port: config.metricsPort });
      opened.push(endpoint.close);
      logger.info({ url: endpoint.url }, 'metrics');
    }
    const { url } = await server.listen({ host: config.host, port: config.port });
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
