import type { Dialect } from 'kysely';

/** Where the data is kept. Several dialects can be made of one backend; they differ in how long a statement may take. */
export interface Backend {
  /** Rejects with ConfigurationError when it is no place for our data; asked before anything else. */
  check(): Promise<void>;
  createDialect(statementTimeoutMs: number): Dialect;
  /** Follows a channel of PostgreSQL's NOTIFY until it is closed, whatever happens to the connection in between. */
  listen(options: ListenOptions): Listening;
  /** Once the Kysely instances made of it are destroyed, and what listens is closed. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly channel: string;
  /** Gives one value, which `onHeartbeat` gets: shows that the connection is alive. */
  readonly heartbeatSql: string;
  readonly heartbeatMs: number;
  /** Notifications arrive from now on; called again after each break, during which some may have been missed. */
  readonly onListening: () => void;
  readonly onNotification: (payload: string) => void;
  readonly onHeartbeat: (value: unknown) => void;
  /** The connection broke or could not be made; it is tried again. */
  readonly onBroken: (error: unknown) => void;
}

export interface Listening {
  close(): Promise<void>;
}
