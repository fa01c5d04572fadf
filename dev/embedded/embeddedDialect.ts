import { InternalError } from 'claimgraph';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely';
import { postgresDialect, toBeginSql } from '../../src/data/postgres/postgresDialect.ts';
import { SqlError, sqlState } from '../../src/data/sqlError.ts';
import type { EmbeddedClient } from './embeddedClient.ts';
import { createEmbeddedSession, type EmbeddedSession } from './embeddedSession.ts';
import type { Mutex } from './mutex.ts';

export interface EmbeddedDialectOptions {
  readonly client: EmbeddedClient;
  /** Shared by all dialects of one client: PGlite has a single session, so a transaction must have it to itself. */
  readonly turns: Mutex;
  /** How long one statement may run, and how long it may wait for its turn. */
  readonly statementTimeoutMs: number;
}

/** Kysely's PostgreSQL dialect over PGlite in its worker. Destroying it leaves the client open. */
export function createEmbeddedDialect(options: EmbeddedDialectOptions): Dialect {
  return postgresDialect(() => createDriver(options));
}

interface EmbeddedConnection extends DatabaseConnection {
  readonly session: EmbeddedSession;
  readonly endTurn: () => void;
}

function createDriver({ client, turns, statementTimeoutMs }: EmbeddedDialectOptions): Driver {
  const connections = new WeakMap<DatabaseConnection, EmbeddedConnection>();
  const find = (connection: DatabaseConnection) => {
    const found = connections.get(connection);
    if (!found) throw new InternalError('expected a connection of this driver');
    return found;
  };
  return {
    init: async () => {},
    acquireConnection: async () => {
      const endTurn = await turns.acquire(statementTimeoutMs);
      if (endTurn === 'timedOut') throw waitedTooLong(statementTimeoutMs);
      const connection = createConnection(createEmbeddedSession(client, statementTimeoutMs), endTurn);
      connections.set(connection, connection);
      return connection;
    },
    beginTransaction: (connection, settings) => find(connection).session.begin(toBeginSql(settings)),
    commitTransaction: (connection) => find(connection).session.commit(),
    rollbackTransaction: (connection) => find(connection).session.rollback(),
    // Not awaited: a statement that timed out keeps the session busy, but its caller need not wait for it.
    releaseConnection: async (connection) => {
      const { session, endTurn } = find(connection);
      void session.idle().then(endTurn);
    },
    destroy: async () => {},
  };
}

function createConnection(session: EmbeddedSession, endTurn: () => void): EmbeddedConnection {
  return {
    session,
    endTurn,
    executeQuery: async <Row>({ sql, parameters }: CompiledQuery) => {
      const { rows, writtenRows } = await session.run(sql, parameters);
      return {
        rows: rows as Row[], // Kysely's types say what the statement selects; no driver can know
        ...(writtenRows === undefined ? {} : { numAffectedRows: BigInt(writtenRows) }),
      };
    },
    streamQuery: () => {
      throw new InternalError('the embedded database cannot stream rows: use execute()');
    },
  };
}

function waitedTooLong(timeoutMs: number): SqlError {
  return new SqlError(
    sqlState.lockNotAvailable,
    `expected a turn at the embedded database within ${timeoutMs} ms: it runs one transaction at a time; ` +
      'inside a transaction use only the transaction, and move to PostgreSQL for more load',
  );
}
