import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { type OpenDatabase, openDatabase } from '../investments/data/openDatabase.ts';
import type { PrometheusMetrics } from '../metrics/prometheusMetrics.ts';
import { createServer, type Server } from '../server.ts';
import type { UserPool } from '../token/userPool.ts';
import { createOpened } from './opened.ts';
import { openSharedClaims } from './openSharedClaims.ts';

export interface OpenServer {
  readonly server: Server;
  /** Closes everything, in the reverse order. */
  close(): Promise<void>;
}

export interface ServerParts {
  readonly pools: readonly UserPool[];
  readonly logger: Logger;
  readonly metrics?: PrometheusMetrics | undefined;
  readonly prepareDatabase?: (database: OpenDatabase) => Promise<void>;
}

/** Opens the database and Redis and makes the server on them, and closes what is open when that fails. */
export async function openServer(config: Config, parts: ServerParts): Promise<OpenServer> {
  const { pools, logger, metrics, prepareDatabase } = parts;
  const { statementTimeoutMs, rowLevelSecurity } = config;
  const database = await openDatabase({ ...config.database, statementTimeoutMs, rowLevelSecurity });
  const opened = createOpened();
  opened.add(database.close);
  try {
    await prepareDatabase?.(database);
    const shared = await openSharedClaims(config, database.db, logger);
    opened.add(shared.close);
    const { sharedClaims } = shared;
    const server = await createServer({ pools, database, sharedClaims, logger, settings: config, metrics });
    opened.add(server.close);
    return { server, close: opened.close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
