import { Kysely, sql } from 'kysely';
import type { Backend, Listening, ListenOptions } from './backend.ts';
import { type EmbeddedOptions, openEmbedded } from './embedded/openEmbedded.ts';
import { migrate } from './migrations.ts';
import { openPostgres, type PostgresOptions } from './postgres/openPostgres.ts';
import type { Tables } from './tables.ts';

export type DatabaseOptions = (EmbeddedOptions | PostgresOptions) & {
  /** How long one statement may take before it rejects with SQLSTATE 57014; 5000 unless told. */
  readonly statementTimeoutMs?: number;
  /** Called with the SQL of each statement after it ran, without its parameters. */
  readonly onQuery?: (sql: string) => void;
};

export interface OpenDatabase {
  readonly db: Kysely<Tables>;
  /** Follows a channel of NOTIFY until it is closed; to be closed before the database. */
  listen(options: ListenOptions): Listening;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Lets running statements finish and frees everything. Calling it again is the same call. */
  close(): Promise<void>;
}

// Also the time to wait for another process that is migrating.
const migrationTimeoutMs = 60_000;

/** Opens the database and migrates it; rejects with InternalError, or the driver's error, when it cannot. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const backend = options.kind === 'embedded' ? await openEmbedded(options) : openPostgres(options);
  try {
    await migrateBackend(backend);
  } catch (error) {
    await backend.close();
    throw error;
  }

  const { onQuery } = options;
  const db = new Kysely<Tables>({
    dialect: backend.createDialect(options.statementTimeoutMs ?? 5000),
    ...(onQuery && { log: ({ query }) => onQuery(query.sql) }),
  });
  let closed: Promise<void> | undefined;
  return {
    db,
    listen: backend.listen,
    ping: async () => void (await sql`select 1`.execute(db)),
    close: () => {
      closed ??= db.destroy().then(() => backend.close());
      return closed;
    },
  };
}

async function migrateBackend(backend: Backend): Promise<void> {
  const db = new Kysely<Tables>({ dialect: backend.createDialect(migrationTimeoutMs) });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
}
