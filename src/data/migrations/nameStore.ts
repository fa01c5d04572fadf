import { type Migration, sql } from 'kysely';

/** Names the store that its revisions count the changes of, whatever address it is reached by. */
export const nameStore: Migration = {
  up: async (db) => {
    await sql`alter table claims_revision add column store_id uuid not null default gen_random_uuid()`.execute(db);
  },
};
