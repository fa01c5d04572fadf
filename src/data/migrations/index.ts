import { ConfigurationError, InternalError } from 'claimgraph';
import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { toDatabaseFailure } from '../databaseFailure.ts';
import type { Tables } from '../tables.ts';
import { announceChanges } from './announceChanges.ts';
import { canonicalizeIssuers } from './canonicalizeIssuers.ts';
import { createOutbox } from './createOutbox.ts';
import { createPolicies } from './createPolicies.ts';
import { createTables } from './createTables.ts';
import { orderWithinParents } from './orderWithinParents.ts';

/**
 * Brings the tables up to date; does nothing when they are. They lie in the first schema of the search path. Safe when
 * several processes start at once on one PostgreSQL: Kysely takes an advisory lock and runs everything in one transaction.
 * Rejects with ConfigurationError.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  try {
    const { name, quoted } = await findSchema(db);
    const migrator = new Migrator({
      db,
      // Else Kysely takes those of another program, in another schema of the database, for ours.
      migrationTableSchema: name,
      provider: { getMigrations: async () => migrationsOf(quoted) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  } catch (error) {
    if (isOfOtherMigrations(error)) {
      throw new ConfigurationError(
        'the database: expected tables that this version made, or an earlier one; got those of another. ' +
          'Start this version on a database of its own; in local mode `npm run demo:reset` empties it.',
        { cause: error },
      );
    }
    throw toDatabaseFailure(error);
  }
}

async function findSchema(db: Kysely<Tables>): Promise<{ readonly name: string; readonly quoted: string }> {
  const { rows } = await sql<{ name: string | null; quoted: string | null }>`
    select current_schema() as name, quote_ident(current_schema()) as quoted`.execute(db);
  const [{ name, quoted } = { name: null, quoted: null }] = rows;
  if (name !== null && quoted !== null) return { name, quoted };
  throw new InternalError('no schema of the search path exists, so that there is no place for tables');
}

/** Kysely 0.28 throws plain errors. */
function isOfOtherMigrations(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('corrupted migrations: ');
}

/**
 * Run in the order of their names; a released migration is never edited, only followed by another. Functions outlast the
 * session that makes them, so they name their schema (`schema`, quoted) whenever they name a table.
 */
function migrationsOf(schema: string): Readonly<Record<string, Migration>> {
  return {
    '0001_create_schema': {
      async up(db) {
        await createTables(db);
        await canonicalizeIssuers(db, schema);
        await announceChanges(db, schema);
        await createPolicies(db, schema);
      },
    },
    '0002_order_within_parents': { up: orderWithinParents },
    '0003_create_outbox': { up: (db) => createOutbox(db, schema) },
  };
}
