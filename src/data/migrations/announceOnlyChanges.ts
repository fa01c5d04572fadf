import { type Migration, sql } from 'kysely';
import { announcing } from './separateTenants.ts';

/** An update that leaves a record as it was is none: programs that write all records anew cost no cache anything. */
export const announceOnlyChanges: Migration = {
  up: async (db) => {
    await sql
      .raw(announcing(`${changed('new_rows', 'old_rows')} union ${changed('old_rows', 'new_rows')}`))
      .execute(db);
  },
};

function changed(rows: string, others: string): string {
  return `
  select kind, issuer, subject, tenant from (select * from ${rows} except select * from ${others}) as changed_${rows}`;
}
