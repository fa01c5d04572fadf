/** What the main thread and the worker that runs PGlite say to each other (structured clones). */
export interface WorkerOptions {
  /** The absolute folder of the database, or undefined to keep it in memory. */
  readonly folder: string | undefined;
  /** Where the snapshot of an empty database is kept between starts, or undefined to make one at each first start. */
  readonly snapshotFolder: string | undefined;
}

export type ToWorker =
  | StatementMessage
  | { readonly kind: 'listen'; readonly channel: string }
  | { readonly kind: 'close' };

export interface StatementMessage {
  readonly kind: 'statement';
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failedToOpen'; readonly message: string }
  | { readonly kind: 'listening'; readonly channel: string }
  | { readonly kind: 'notification'; readonly channel: string; readonly payload: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: StatementResult }
  | { readonly kind: 'error'; readonly id: number; readonly error: StatementError };

export interface StatementResult {
  readonly rows: unknown[];
  /** Rows written, or undefined for a statement that only reads. */
  readonly writtenRows: number | undefined;
}

/** `code` is the SQLSTATE, or undefined when the failure is not PostgreSQL's. */
export interface StatementError {
  readonly code: string | undefined;
  readonly message: string;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
}
