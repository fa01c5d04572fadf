import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { fillDemoData } from '../../dev/demoData.ts';
import { type AnyDatabaseOptions, openAnyDatabase } from '../../dev/openAnyDatabase.ts';
import { createInvestmentsData } from '../../src/data/createInvestmentsData.ts';
import type { InvestmentsData } from '../../src/data/investmentsData.ts';
import { migrateAndOpen, type OpenDatabase } from '../../src/data/openDatabase.ts';
import type { RowFilter } from '../../src/data/rows.ts';
import type { NamedIssuer } from '../../src/data/writes/issuerAliases.ts';
import { openReusedEmbedded } from './reusedEmbedded.ts';

/** The issuer whose subjects have the demo users' business records, unless told otherwise. */
export const testIssuer = 'http://localhost:4010/local_claimgraph';

export interface TestDatabase extends OpenDatabase {
  /** What it was opened with; on PostgreSQL it can be opened again. */
  readonly options: AnyDatabaseOptions;
  /** The SQL of the statements since the last call, in their order. */
  takeStatements(): readonly string[];
  /** The data of a new request by somebody with this filter. */
  dataFor(filter: RowFilter): InvestmentsData;
}

export interface TestDatabaseOptions {
  readonly data?: 'demo' | 'none';
  readonly issuer?: string;
  readonly statementTimeoutMs?: number;
  /** Unless told, as the variable DATABASE_RLS says: off when it is not set. */
  readonly rowLevelSecurity?: boolean;
  readonly issuers?: readonly NamedIssuer[];
  readonly onOutage?: (error: unknown) => void;
  /** On PostgreSQL: how many connections at most. */
  readonly poolSize?: number;
  /** On PostgreSQL: what every session has unless it says otherwise, as in `datestyle = 'German'`. */
  readonly databaseDefaults?: readonly string[];
}

const serverUrl = process.env.DATABASE_URL || undefined;
export const testBackend = serverUrl === undefined ? 'embedded' : 'postgres';
export const testRowLevelSecurity = process.env.DATABASE_RLS === 'on';
process.stdout.write(`test database: ${testBackend}${testRowLevelSecurity ? ' with row-level security' : ''}\n`);

/**
 * A fresh, migrated database with the demo data: PGlite in memory, or a new database on the server of DATABASE_URL.
 * It is gone when it is closed.
 */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { data = 'demo', issuer = testIssuer, statementTimeoutMs = 30_000 } = options;
  const { rowLevelSecurity = testRowLevelSecurity, issuers = [] } = options;
  const server = serverUrl === undefined ? undefined : await createDatabase(serverUrl, options);
  const databaseOptions: AnyDatabaseOptions = {
    ...(server
      ? { kind: 'postgres', url: server.url, ...(options.poolSize && { poolSize: options.poolSize }) }
      : { kind: 'embedded', folder: 'memory' }),
    statementTimeoutMs,
    rowLevelSecurity,
    issuers,
    ...(options.onOutage && { onOutage: options.onOutage }),
  };
  let statements: string[] = [];
  const onQuery = (sql: string) => statements.push(sql);
  const database = server
    ? await openAnyDatabase({ ...databaseOptions, onQuery })
    : await migrateAndOpen(await openReusedEmbedded(), { ...databaseOptions, onQuery });
  if (data === 'demo') await fillDemoData(database.db, { issuer });
  statements = [];
  let dropped: Promise<void> | undefined;
  return {
    ...database,
    options: databaseOptions,
    takeStatements: () => statements.splice(0),
    dataFor: (filter) => createInvestmentsData(database.forRowFilter(filter), filter),
    close: async () => {
      dropped ??= database.close().then(() => server?.drop());
      await dropped;
    },
  };
}

async function createDatabase(server: string, { databaseDefaults = [] }: TestDatabaseOptions) {
  const name = `claimgraph_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await runOnServer(server, `create database ${name}`);
  for (const setting of databaseDefaults) await runOnServer(server, `alter database ${name} set ${setting}`);
  return { url: url.href, drop: () => runOnServer(server, `drop database if exists ${name} with (force)`) };
}

async function runOnServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
