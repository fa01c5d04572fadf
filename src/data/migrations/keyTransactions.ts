import { type Migration, sql } from 'kysely';

/** Who entered a transaction, and under which key: nobody enters two under one. Those from before have neither. */
export const keyTransactions: Migration = {
  up: async (db) => {
    for (const statement of [
      sql`alter table transactions
        add column entered_by text collate "C",
        add column idempotency_key text collate "C",
        add constraint transactions_key check ((entered_by is null) = (idempotency_key is null))`,
      sql`create unique index transactions_by_key on transactions (tenant, entered_by, idempotency_key)`,
    ]) {
      await statement.execute(db);
    }
  },
};
