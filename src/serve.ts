import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { type OpenDatabase, openDatabase } from './investments/data/openDatabase.ts';
import { createServer } from './server.ts';
import type { UserPool } from './token/userPool.ts';

/** A process's API: listening, and to be closed once. */
export interface Serving {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the database, starts the server on it, and closes both in the reverse order, also when starting fails. */
export async function serve(
  config: Config,
  parts: {
    readonly pools: readonly UserPool[];
    readonly logger: Logger;
    readonly prepareDatabase?: (database: OpenDatabase) => Promise<void>;
  },
): Promise<Serving> {
  const { pools, logger, prepareDatabase } = parts;
  const database = await openDatabase({ ...config.database, statementTimeoutMs: config.statementTimeoutMs });
  try {
    await prepareDatabase?.(database);
    const server = await createServer({ pools, database, logger, settings: config });
    const { url } = await server.listen({ host: config.host, port: config.port });
    return {
      url,
      async close() {
        await server.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
