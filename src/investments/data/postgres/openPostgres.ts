import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { Backend } from '../backend.ts';
import { columnParsers } from '../columnParsers.ts';

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
    createDialect: (statementTimeoutMs) =>
      new PostgresDialect({ pool: async () => createPool({ url, poolSize, statementTimeoutMs }) }),
    close: async () => {},
  };
}

interface PoolOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
}

function createPool({ url, poolSize, statementTimeoutMs }: PoolOptions): PostgresPool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // The server cancels at statement_timeout; this is for a server or a network that no longer answers.
    query_timeout: statementTimeoutMs + 1000,
    keepAlive: true,
    types: createTypes(),
  });
  // A connection that breaks between statements emits 'error', which would end the process if nobody listened. Nothing
  // is lost: the pool drops an idle one, and one in use rejects its next statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return {
    connect: async () => {
      const client = await pool.connect();
      let isStuck = false;
      const dedicated = {
        query: async (sql: string, parameters: readonly unknown[]) => {
          try {
            return await client.query(sql, [...parameters]);
          } catch (error) {
            // pg 8.23 leaves the statement running on its connection: nobody must get that one next.
            isStuck ||= error instanceof Error && error.message === 'Query read timeout';
            throw error;
          }
        },
        release: () => client.release(isStuck),
      };
      // Kysely's type also has cursors, which only streamQuery uses, and lists the commands that pg calls strings.
      return dedicated as PostgresPoolClient;
    },
    end: () => pool.end(),
  };
}

/** For this pool only: pg.types is shared by everybody in the process. */
function createTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  for (const [typeId, parse] of columnParsers) types.setTypeParser(typeId, parse);
  return types;
}
