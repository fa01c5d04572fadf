import { type Kysely, type Migration, Migrator } from 'kysely';
import { InternalError } from '../../errors.ts';
import { announceClaimsChanges } from './migrations/announceClaimsChanges.ts';
import { createDenyList } from './migrations/createDenyList.ts';
import { createTables } from './migrations/createTables.ts';
import { keyTransactions } from './migrations/keyTransactions.ts';
import { nameStore } from './migrations/nameStore.ts';
import { separateTenants } from './migrations/separateTenants.ts';
import type { Tables } from './tables.ts';

/**
 * Brings the tables up to date; does nothing when they are. Safe when several processes start at once on one
 * PostgreSQL: Kysely takes an advisory lock and runs everything in one transaction.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  throw new InternalError('expected a database that answers and lets us make and change its tables: see the cause', {
    cause: error,
  });
}

/** Run in the order of their names; a released migration is never edited, only followed by another. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001_create_tables': createTables,
  '0002_announce_claims_changes': announceClaimsChanges,
  '0003_create_deny_list': createDenyList,
  '0004_tenants': separateTenants,
  '0005_name_store': nameStore,
  '0006_key_transactions': keyTransactions,
};
