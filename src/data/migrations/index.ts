import { ConfigurationError } from 'claimgraph';
import { type Kysely, type Migration, Migrator } from 'kysely';
import type { Tables } from '../tables.ts';
import { announceClaimsChanges } from './announceClaimsChanges.ts';
import { announceOnlyChanges } from './announceOnlyChanges.ts';
import { checkRecords } from './checkRecords.ts';
import { createDenyList } from './createDenyList.ts';
import { createTables } from './createTables.ts';
import { keyTransactions } from './keyTransactions.ts';
import { nameStore } from './nameStore.ts';
import { separateTenants } from './separateTenants.ts';

/**
 * Brings the tables up to date; does nothing when they are. Safe when several processes start at once on one
 * PostgreSQL: Kysely takes an advisory lock and runs everything in one transaction. Rejects with ConfigurationError.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new ConfigurationError(
    `the database: expected one that answers and lets us make and change its tables; got: ${reasonOf(error)}. ` +
      'Of a PostgreSQL server, DATABASE_URL says where it is, the name of the database and who asks.',
    { cause: error },
  );
}

/** Where a host has several addresses, each has an error of its own, and what holds them together has no message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** Run in the order of their names; a released migration is never edited, only followed by another. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001_create_tables': createTables,
  '0002_announce_claims_changes': announceClaimsChanges,
  '0003_create_deny_list': createDenyList,
  '0004_tenants': separateTenants,
  '0005_name_store': nameStore,
  '0006_key_transactions': keyTransactions,
  '0007_announce_only_changes': announceOnlyChanges,
  '0008_check_records': checkRecords,
};
