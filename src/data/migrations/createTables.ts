import { type Migration, sql } from 'kysely';

// Text that is ordered by has collation "C" (code points), so that a page looks the same whatever the server's locale.
export const createTables: Migration = {
  up: async (db) => {
    for (const statement of [
      sql`create table companies (
        id text collate "C" primary key,
        name text collate "C" not null,
        region text collate "C" not null constraint companies_region check (region in ('EUROPE', 'USA', 'ASIA')),
        manager_id text not null,
        target_usd bigint not null constraint companies_target check (target_usd between 0 and 9007199254740991),
        internal_rating text collate "C" not null,
        board_notes text not null
      )`,
      sql`create index companies_by_name on companies (name, id)`,
      sql`create index companies_by_region on companies (region, id)`,
      sql`create index companies_by_target on companies (target_usd, id)`,
      sql`create index companies_by_rating on companies (internal_rating, id)`,
      sql`create table investors (
        id text collate "C" primary key,
        email text not null,
        tax_id text not null
      )`,
      sql`create table transactions (
        id text collate "C" primary key,
        position bigint generated always as identity unique,
        company_id text collate "C" not null references companies (id),
        investor_id text collate "C" not null references investors (id),
        amount_usd bigint not null constraint transactions_amount check (amount_usd between 1 and 9007199254740991),
        created_at timestamptz not null
      )`,
      sql`create index transactions_of_company on transactions (company_id, position)`,
      sql`create index transactions_of_investor on transactions (investor_id, position)`,
      sql`create table access_records (
        kind text not null constraint access_records_kind check (kind in ('user', 'machine')),
        issuer text not null,
        subject text not null,
        role text not null
          constraint access_records_role check (role in ('admin', 'manager', 'auditor', 'investor')),
        manager_id text,
        investor_id text,
        title text,
        regions text[] not null default '{}'
          constraint access_records_regions check (regions <@ array['EUROPE', 'USA', 'ASIA']),
        payment_limit_usd bigint
          constraint access_records_payment_limit check (payment_limit_usd between 0 and 9007199254740991),
        primary key (kind, issuer, subject)
      )`,
      sql`create index access_records_by_manager on access_records (manager_id)`,
      sql`create table audit_events (
        id text collate "C" primary key,
        occurred_at timestamptz not null,
        actor text not null,
        action text not null,
        target_id text not null
      )`,
      sql`create index audit_events_by_time on audit_events (occurred_at, id)`,
      sql`create table settings (
        key text primary key,
        value text not null
      )`,
    ]) {
      await statement.execute(db);
    }
  },
};
