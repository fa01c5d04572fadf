import { type Migration, sql } from 'kysely';

/**
 * What `parseInvestmentsClaims` would not understand cannot be stored: whoever writes it is told, and not everybody who
 * then asks about that person. Texts that are empty say nothing, as null does.
 */
export const checkRecords: Migration = {
  up: async (db) => {
    for (const column of ['manager_id', 'investor_id', 'title']) {
      const named = sql.ref(column);
      await sql`update access_records set ${named} = null where ${named} = ''`.execute(db);
      await sql`alter table access_records
        add constraint ${sql.ref(`access_records_${column}`)} check (${named} <> '')`.execute(db);
    }
    // Of an array without elements this is null, which passes.
    await sql`alter table access_records
      add constraint access_records_regions_are_a_list check (array_ndims(regions) = 1)`.execute(db);
  },
};
