import type { DataUnavailableError } from 'claimgraph';
import { type CompiledQuery, type Dialect, type Driver, Kysely, type KyselyConfig, sql } from 'kysely';
import type { Backend, Listening, ListenOptions } from './backend.ts';
import { createOutageDriver } from './createOutageDriver.ts';
import { migrate } from './migrations/index.ts';
import { openPostgres, type PostgresOptions } from './postgres/openPostgres.ts';
import { createRlsDriver } from './rls/createRlsDriver.ts';
import { assertRlsDisabled, enableRls } from './rls/enableRls.ts';
import { toRlsSettings, toTenantSettings } from './rls/rlsSettings.ts';
import { shareDriver, withDriver } from './rls/shareDriver.ts';
import type { RowFilter } from './rows.ts';
import type { Tables } from './tables.ts';
import { type NamedIssuer, registerIssuerAliases } from './writes/issuerAliases.ts';

export interface DatabaseSettings {
  /** How long one statement may take before it rejects with SQLSTATE 57014; 5000 unless told. */
  readonly statementTimeoutMs?: number;
  /** True for row-level security as a second filter: see `forRowFilter`. False unless told. */
  readonly rowLevelSecurity?: boolean;
  /** The user pools whose people have records here; none unless told. Records under an alias are moved. */
  readonly issuers?: readonly NamedIssuer[];
  /** Told of each request that the database could not answer right now, for the log; must not throw. */
  readonly onOutage?: (error: DataUnavailableError) => void;
  /** Called with the SQL of each statement after it ran, without its parameters; not with row-level security's own. */
  readonly onQuery?: (sql: string) => void;
}

export type DatabaseOptions = PostgresOptions & DatabaseSettings;

export interface OpenDatabase {
  /**
   * Where nobody's rows are asked for: with row-level security it shows none of companies, transactions and the like. Its
   * errors are those of the database, where the others' say what clients read of an outage.
   */
  readonly db: Kysely<Tables>;
  /**
   * The database as it is to somebody with this filter: PostgreSQL's row-level security hides every other row, whatever
   * SQL asks for it. Each statement is then a transaction of its own; `transaction()` works as always. On the same
   * connections as `db`, and not to be destroyed. While the database cannot answer, everything that is asked rejects with
   * DataUnavailableError.
   */
  forRowFilter(filter: RowFilter): Kysely<Tables>;
  /** As under row-level security for all rows of a tenant, with the rights of the database's user: for who changes its records. */
  forTenant(tenant: string): Kysely<Tables>;
  /** Follows a channel of NOTIFY until it is closed; to be closed before the database. */
  listen(options: ListenOptions): Listening;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Lets running statements finish and frees everything. Calling it again is the same call. */
  close(): Promise<void>;
}

// Also the time to wait for another process that is migrating.
const migrationTimeoutMs = 60_000;

/**
 * Opens a PostgreSQL database and migrates it. Rejects with ConfigurationError when the server cannot be used, or row-level
 * security is not in place as it should be.
 */
export function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  return migrateAndOpen(openPostgres(options), options);
}

/** The same on any backend, which is closed with the database, or when opening it fails. */
export async function migrateAndOpen(backend: Backend, options: DatabaseSettings): Promise<OpenDatabase> {
  try {
    await prepare(backend, options);
  } catch (error) {
    await backend.close();
    throw error;
  }

  const { onQuery } = options;
  const log: Partial<KyselyConfig> = onQuery ? { log: ({ query }) => onQuery(query.sql) } : {};
  const create = (dialect: Dialect) => new Kysely<Tables>({ dialect, ...log });
  const dialect = backend.createDialect(options.statementTimeoutMs ?? 5000);
  const driver = shareDriver(dialect.createDriver());
  const db = create(withDriver(dialect, driver));
  const forRequests = createOutageDriver(driver, options.onOutage ?? (() => {}));
  const createForRequests = (ofRequest: Driver) => create(withDriver(dialect, ofRequest));
  const { forRowFilter, forTenant } = (options.rowLevelSecurity ? createWalled : createOpen)(
    forRequests,
    createForRequests,
  );
  let closed: Promise<void> | undefined;
  return {
    db,
    forRowFilter: forRowFilter,
    forTenant: forTenant,
    listen: backend.listen,
    ping: async () => void (await sql`select 1`.execute(db)),
    close: () => {
      closed ??= db.destroy().then(() => backend.close());
      return closed;
    },
  };
}

type RequestDatabases = Pick<OpenDatabase, 'forRowFilter' | 'forTenant'>;

function createOpen(driver: Driver, create: (driver: Driver) => Kysely<Tables>): RequestDatabases {
  const db = create(driver);
  return { forRowFilter: () => db, forTenant: () => db };
}

function createWalled(driver: Driver, create: (driver: Driver) => Kysely<Tables>): RequestDatabases {
  const createWith = (settings: CompiledQuery) => create(createRlsDriver(driver, settings));
  return {
    forRowFilter: (filter) => createWith(toRlsSettings(filter)),
    forTenant: (tenant) => createWith(toTenantSettings(tenant)),
  };
}

async function prepare(backend: Backend, { rowLevelSecurity, issuers = [] }: DatabaseSettings): Promise<void> {
  await backend.check();
  const db = new Kysely<Tables>({ dialect: backend.createDialect(migrationTimeoutMs) });
  try {
    await migrate(db);
    await (rowLevelSecurity ? enableRls(db) : assertRlsDisabled(db));
    await registerIssuerAliases(db, issuers);
  } finally {
    await db.destroy();
  }
}
