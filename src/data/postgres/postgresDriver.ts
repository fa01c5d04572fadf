import { InternalError } from 'claimgraph';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import type pg from 'pg';
import { SqlError, sqlState } from '../sqlError.ts';
import { postgresDialect, toBeginSql } from './postgresDialect.ts';
import { createStatementNames, type StatementNames } from './statementNames.ts';

/**
 * Kysely's PostgreSQL dialect over a pool of pg. Unlike Kysely's own it prepares statements by name, and sends one at once
 * when it is asked for: with clients in pipeline mode, several that are asked for in one go cost one round trip.
 */
export function createPostgresDialect(createPool: () => pg.Pool): Dialect {
  return postgresDialect(() => createPostgresDriver(createPool));
}

interface PostgresConnection extends DatabaseConnection {
  /** Resolves at once: the first statement is sent with it, and rejects with what it fails with. */
  begin(sql: string): void;
  end(sql: 'commit' | 'rollback'): Promise<void>;
  release(): void;
}

function createPostgresDriver(createPool: () => pg.Pool): Driver {
  const connections = new WeakMap<DatabaseConnection, PostgresConnection>();
  const names = createStatementNames();
  let pool: pg.Pool | undefined;
  const find = (connection: DatabaseConnection) => {
    const found = connections.get(connection);
    if (!found) throw new InternalError('expected a connection of this driver');
    return found;
  };
  return {
    init: async () => {
      pool = createPool();
    },
    acquireConnection: async () => {
      if (!pool) throw new InternalError('expected a driver that is initialized and not yet destroyed');
      const connection = createConnection(await pool.connect(), names);
      connections.set(connection, connection);
      return connection;
    },
    beginTransaction: async (connection, settings) => find(connection).begin(toBeginSql(settings)),
    commitTransaction: (connection) => find(connection).end('commit'),
    rollbackTransaction: (connection) => find(connection).end('rollback'),
    releaseConnection: async (connection) => find(connection).release(),
    destroy: async () => {
      await pool?.end();
      pool = undefined;
    },
  };
}

const writingCommands: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

function createConnection(client: pg.PoolClient, names: StatementNames): PostgresConnection {
  let begun: Promise<unknown> | undefined;
  let isBroken = false;

  async function executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const answered = query(sql, parameters);
    if (begun) {
      answered.catch(() => {});
      await begun;
    }
    const { command, rowCount, rows } = await answered;
    return { rows, ...(writingCommands.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  function query(text: string, parameters: readonly unknown[]): Promise<pg.QueryResult> {
    const values = [...parameters];
    const name = values.length > 0 ? names.nameOf(text) : undefined;
    const isAlone = begun === undefined;
    return client.query({ text, values, ...(name === undefined ? {} : { name }) }).catch((error: unknown) => {
      // pg 8.23 rejects at query_timeout, but the statement runs on: the next user would wait behind it.
      isBroken ||= error instanceof Error && error.message === 'Query read timeout';
      if (name === undefined || !isOutdated(error)) throw error;
      // What else was prepared on this connection may be outdated as well.
      isBroken = true;
      if (isAlone) return client.query(text, values);
      throw new SqlError(
        sqlState.serializationFailure,
        'expected the tables as they were when the statement was prepared; they have changed: try again',
        { cause: error },
      );
    });
  }

  return {
    executeQuery,
    streamQuery: () => {
      throw new InternalError('rows cannot be streamed: use execute()');
    },
    begin: (sql) => {
      begun = client.query(sql);
      begun.catch(() => {});
    },
    end: async (sql) => {
      const before = begun;
      begun = undefined;
      const ended = client.query(sql);
      ended.catch(() => {});
      await before;
      await ended;
    },
    release: () => client.release(isBroken),
  };
}

/** Whether a prepared statement is gone, or gives other columns than when it was prepared: another process has migrated. */
function isOutdated(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  return (
    code === sqlState.invalidStatementName ||
    (code === sqlState.featureNotSupported && Reflect.get(error, 'routine') === 'RevalidateCachedQuery')
  );
}
