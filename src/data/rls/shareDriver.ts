import { InternalError } from 'claimgraph';
import type { DatabaseConnection, Dialect, Driver } from 'kysely';

/** The dialect with this driver instead of its own. */
export function withDriver(dialect: Dialect, driver: Driver): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

/**
 * One driver, and so one pool, for several Kysely instances. Kysely 0.28 replaces `executeQuery` of each connection that
 * it sees for the first time, to log; so every holder gets an object of its own for the time it holds the connection.
 */
export function shareDriver(driver: Driver): Driver {
  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const find = (held: DatabaseConnection) => {
    const found = connections.get(held);
    if (!found) throw new InternalError('expected a connection of this driver');
    return found;
  };
  let ready: Promise<void> | undefined;
  return {
    init: () => {
      ready ??= driver.init();
      return ready;
    },
    acquireConnection: async () => {
      const connection = await driver.acquireConnection();
      const held: DatabaseConnection = {
        executeQuery: (query) => connection.executeQuery(query),
        streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
      };
      connections.set(held, connection);
      return held;
    },
    beginTransaction: (held, settings) => driver.beginTransaction(find(held), settings),
    commitTransaction: (held) => driver.commitTransaction(find(held)),
    rollbackTransaction: (held) => driver.rollbackTransaction(find(held)),
    releaseConnection: (held) => driver.releaseConnection(find(held)),
    destroy: () => driver.destroy(),
  };
}
