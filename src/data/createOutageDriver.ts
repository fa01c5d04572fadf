import { DataUnavailableError } from 'claimgraph';
import type { DatabaseConnection, Driver } from 'kysely';
import { isOutage } from './sqlError.ts';

/**
 * The driver for what answers requests: whatever keeps the database from answering rejects with DataUnavailableError, which
 * the client may try again, and everything else as it did. `onOutage` is told of each, with its cause, for the log.
 */
export function createOutageDriver(driver: Driver, onOutage: (error: DataUnavailableError) => void): Driver {
  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const find = (wrapped: DatabaseConnection) => connections.get(wrapped) ?? wrapped;
  const unavailable = (cause: unknown): never => {
    const error = new DataUnavailableError('the database cannot answer right now', { cause });
    onOutage(error);
    throw error;
  };
  const fail = (error: unknown): never => {
    if (isOutage(error)) return unavailable(error);
    throw error;
  };
  return {
    init: () => driver.init(),
    async acquireConnection() {
      // Without a connection nothing can be asked, whatever the reason: none is free, none can be made.
      const connection = await driver.acquireConnection().catch(unavailable);
      const wrapped: DatabaseConnection = {
        executeQuery: (query) => connection.executeQuery<never>(query).catch(fail),
        streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
      };
      connections.set(wrapped, connection);
      return wrapped;
    },
    beginTransaction: (connection, settings) => driver.beginTransaction(find(connection), settings).catch(fail),
    commitTransaction: (connection) => driver.commitTransaction(find(connection)).catch(fail),
    rollbackTransaction: (connection) => driver.rollbackTransaction(find(connection)).catch(fail),
    releaseConnection: (connection) => driver.releaseConnection(find(connection)),
    destroy: () => driver.destroy(),
  };
}
