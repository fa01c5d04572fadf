import pg from 'pg';
import type { Backend } from '../backend.ts';
import { columnParsers } from '../columnParsers.ts';
import { toSessionSettings } from '../sessionSettings.ts';
import { checkPostgres } from './checkPostgres.ts';
import { listenPostgres } from './listenPostgres.ts';
import { createPostgresDialect } from './postgresDriver.ts';

export interface PostgresOptions {
  readonly kind: 'postgres';
  readonly url: string;
  /** How many connections at most; 10 unless told. */
  readonly poolSize?: number;
}

const connectTimeoutMs = 5000;

/** PostgreSQL through pg; each dialect has a pool of its own, which ends when its Kysely is destroyed. */
export function openPostgres({ url, poolSize = 10 }: PostgresOptions): Backend {
  return {
    check: () => checkPostgres(url),
    createDialect: (statementTimeoutMs) =>
      createPostgresDialect(() => createPool({ url, poolSize, statementTimeoutMs })),
    listen: (options) => listenPostgres(url, options),
    close: async () => {},
  };
}

interface PoolOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

function createPool({ url, poolSize, statementTimeoutMs }: PoolOptions): pg.Pool {
  const sessionSettings = toSessionSettings({ statementTimeoutMs });
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    // The server cancels at statement_timeout; this is for a server or a network that no longer answers.
    query_timeout: statementTimeoutMs + 1000,
    keepAlive: true,
    // Statements that are asked for in one go are sent in one go; a client is one holder's at a time.
    pipeline: true,
    types: createTypes(),
    onConnect: (client) => client.query(sessionSettings.text, [...sessionSettings.values]),
  });
  // A connection that breaks between statements emits 'error', which would end the process if nobody listened. Nothing
  // is lost: the pool drops an idle one, and one in use rejects its next statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** For this pool only: pg.types is shared by everybody in the process. */
function createTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  for (const [typeId, parse] of columnParsers) types.setTypeParser(typeId, parse);
  return types;
}
