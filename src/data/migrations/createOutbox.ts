import { type Kysely, sql } from 'kysely';

/**
 * The outbox: each transaction is an event of its company, numbered from 1 without a gap, written when the transaction is
 * committed, whoever enters it. The company's row of `outbox_positions` stays locked from there to the end of the commit, so
 * that a higher number is never seen before a lower one: whoever has read up to a number has missed nothing. Nobody is
 * notified here: NOTIFY would have all commits of the database wait for each other. `schema` is the tables', quoted as SQL
 * wants it.
 */
export async function createOutbox(db: Kysely<unknown>, schema: string): Promise<void> {
  for (const statement of [
    `create table outbox_positions (
      tenant text collate "C" not null,
      company_id text collate "C" not null,
      last_position bigint not null,
      primary key (tenant, company_id)
    )`,
    `create table outbox_events (
      tenant text collate "C" not null,
      company_id text collate "C" not null,
      position bigint not null,
      transaction_id text collate "C" not null,
      primary key (tenant, company_id, position)
    )`,
    // Not unique: one that was deleted may be entered again, and is an event again.
    'create index outbox_events_by_transaction on outbox_events (tenant, transaction_id, position)',
    // What was entered before there was an outbox, for who asks for all after one of these.
    `insert into outbox_events (tenant, company_id, position, transaction_id)
      select tenant, company_id, row_number() over (partition by tenant, company_id order by position), id
      from transactions`,
    `insert into outbox_positions (tenant, company_id, last_position)
      select tenant, company_id, max(position) from outbox_events group by tenant, company_id`,
    noteTransaction(schema),
    // Deferred to the commit, so that the lock is short.
    `create constraint trigger note_transaction after insert on transactions
      deferrable initially deferred for each row execute function ${schema}.note_transaction()`,
    `revoke execute on function ${schema}.note_transaction() from public`,
  ]) {
    await sql.raw(statement).execute(db);
  }
}

const noteTransaction = (schema: string) => `
create function ${schema}.note_transaction() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    next_position bigint;
  begin
    insert into ${schema}.outbox_positions as positions (tenant, company_id, last_position)
      values (new.tenant, new.company_id, 1)
      on conflict (tenant, company_id) do update set last_position = positions.last_position + 1
      returning last_position into next_position;
    insert into ${schema}.outbox_events (tenant, company_id, position, transaction_id)
      values (new.tenant, new.company_id, next_position, new.id);
    return null;
  end
$$`;
