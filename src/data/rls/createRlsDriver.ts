import { InternalError } from 'claimgraph';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely';

/** On the connections of another driver: whatever is held here runs in a transaction that starts with the settings. */
export function createRlsDriver(driver: Driver, settings: CompiledQuery): Driver {
  const connections = new WeakMap<DatabaseConnection, RlsConnection>();
  const find = (connection: DatabaseConnection) => {
    const found = connections.get(connection);
    if (!found) throw new InternalError('expected a connection of this driver');
    return found;
  };
  return {
    init: () => driver.init(),
    acquireConnection: async () => {
      const connection = withRls(driver, await driver.acquireConnection(), settings);
      connections.set(connection, connection);
      return connection;
    },
    beginTransaction: (connection, transaction) => find(connection).begin(transaction),
    commitTransaction: (connection) => find(connection).commit(),
    rollbackTransaction: (connection) => find(connection).rollback(),
    releaseConnection: (connection) => find(connection).release(),
    // The other driver stays open: it is everybody's.
    destroy: async () => {},
  };
}

interface RlsConnection extends DatabaseConnection {
  begin(transaction: TransactionSettings): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  release(): Promise<void>;
}

function withRls(driver: Driver, connection: DatabaseConnection, settings: CompiledQuery): RlsConnection {
  /** The transaction, from when it is begun to when it is ended: with it end the settings. */
  let open: Promise<unknown> | undefined;
  let hasFailed = false;

  const begin = async (transaction: TransactionSettings): Promise<void> => {
    open ??= driver.beginTransaction(connection, transaction).then(() => connection.executeQuery(settings));
    try {
      await open;
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };
  const commit = async () => {
    await driver.commitTransaction(connection);
    open = undefined;
  };
  const rollback = async () => {
    await driver.rollbackTransaction(connection);
    open = undefined;
    hasFailed = false;
  };
  return {
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      await begin({ isolationLevel: 'read committed' });
      try {
        return await connection.executeQuery<Row>(query);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    },
    streamQuery: () => {
      throw new InternalError('rows cannot be streamed: use execute()');
    },
    begin,
    commit,
    rollback,
    release: async () => {
      try {
        // What failed is known from its own error; a connection that cannot even roll back is broken.
        if (open && hasFailed) await rollback().catch(() => {});
        else if (open) await commit();
      } finally {
        await driver.releaseConnection(connection);
      }
    },
  };
}
