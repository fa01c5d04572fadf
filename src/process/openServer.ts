import type { AccessTokenIssuer, UserPool } from 'claimgraph';
import type { PrometheusMetrics } from 'claimgraph/metrics';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { OpenDatabase } from '../data/openDatabase.ts';
import { createServer, type Server, type ServerDependencies } from '../server.ts';
import { createDisposalStack } from './disposalStack.ts';
import { openSharedClaims } from './openSharedClaims.ts';

export interface OpenServer {
  readonly server: Server;
  /** Closes everything, in the reverse order. */
  close(): Promise<void>;
}

export interface ServerParts {
  readonly pools: readonly UserPool[];
  readonly issuers?: readonly AccessTokenIssuer[] | undefined;
  readonly logger: Logger;
  readonly metrics?: PrometheusMetrics | undefined;
  readonly console?: ServerDependencies['console'];
  /** Opens the database of the configuration, migrated and filled as the process wants it. */
  readonly openDatabase: () => Promise<OpenDatabase>;
}

/** Opens the database and Redis and makes the server on them, and closes what is open when that fails. */
export async function openServer(config: Config, parts: ServerParts): Promise<OpenServer> {
  const { pools, issuers, logger, metrics, console } = parts;
  const database = await parts.openDatabase();
  const opened = createDisposalStack();
  opened.add(database.close);
  try {
    const shared = await openSharedClaims(config, database.db, logger);
    opened.add(shared.close);
    const { sharedClaims } = shared;
    const dependencies = { pools, issuers, database, sharedClaims, logger, settings: config, metrics, console };
    const server = await createServer(dependencies);
    opened.add(server.close);
    return { server, close: opened.close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
