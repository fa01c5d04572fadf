import type { Dialect } from 'kysely';

/** Where the data is kept. Several dialects can be made of one backend; they differ in how long a statement may take. */
export interface Backend {
  createDialect(statementTimeoutMs: number): Dialect;
  /** Once the Kysely instances made of it are destroyed. */
  close(): Promise<void>;
}
