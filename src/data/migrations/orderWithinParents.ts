import { type Kysely, sql } from 'kysely';

/**
 * That positions are unique follows from their being generated. An index over them alone promises PostgreSQL, wrongly where
 * few companies have most of the transactions, that walking all of them in order soon meets enough of one company. The other
 * one leads to what an investor has in a company.
 */
export async function orderWithinParents(db: Kysely<unknown>): Promise<void> {
  await sql`alter table transactions drop constraint transactions_position_key`.execute(db);
  await sql`create index transactions_within_both on transactions (tenant, investor_id, company_id, position)`.execute(
    db,
  );
}
