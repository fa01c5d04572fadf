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
  /** The transaction that its holder has begun: with it end the settings. */
  let open: Promise<unknown> | undefined;

  const start = (transaction: TransactionSettings) =>
    inOneGo(driver.beginTransaction(connection, transaction), connection.executeQuery(settings));

  /** A transaction of its own. After what fails in it, `commit` is a rollback. */
  function executeAlone<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const started = start({ isolationLevel: 'read committed' });
    const answered = connection.executeQuery<Row>(query);
    const committed = driver.commitTransaction(connection);
    return inOneGo(started, answered, committed).then(() => answered);
  }
  const end = async (how: (connection: DatabaseConnection) => Promise<void>) => {
    open = undefined;
    await how(connection);
  };
  return {
    executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      if (!open) return executeAlone<Row>(query);
      const answered = connection.executeQuery<Row>(query);
      return inOneGo(open, answered).then(() => answered);
    },
    streamQuery: () => {
      throw new InternalError('rows cannot be streamed: use execute()');
    },
    begin: async (transaction) => {
      // Not awaited: the first statement is sent with it, and rejects with what it fails with.
      open = start(transaction);
      open.catch(() => {});
    },
    commit: () => end((held) => driver.commitTransaction(held)),
    rollback: () => end((held) => driver.rollbackTransaction(held)),
    release: () => driver.releaseConnection(connection),
  };
}

/** Waits for all that was sent together, and rejects as soon as it is known with what failed first. */
async function inOneGo(...sent: readonly Promise<unknown>[]): Promise<void> {
  for (const one of sent) one.catch(() => {});
  for (const one of sent) await one;
}
