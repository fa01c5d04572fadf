import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { InternalError } from '../../errors.ts';
import type { Tables } from './tables.ts';
import { separateTenants } from './tenantsMigration.ts';

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

// Text that is ordered by has collation "C" (code points), so that a page looks the same whatever the server's locale.
const createTables: Migration = {
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

/**
 * Every change of the business records, whoever makes it, is announced on the channel `claims_changed` as
 * `{"revision": n, "subjects": [[kind, issuer, subject], …]}`, without `subjects` when they are too many for NOTIFY's
 * 8000 bytes. The one row of `claims_revision` stays locked until the change is committed, so that the announcements
 * arrive in the order of their revisions and none is counted that was rolled back.
 */
const announceClaimsChanges: Migration = {
  up: async (db) => {
    for (const statement of [
      sql`create table claims_revision (
        only_row boolean primary key default true constraint claims_revision_only_row check (only_row),
        revision bigint not null
      )`,
      sql`insert into claims_revision (revision) values (0)`,
      sql`create function announce_claims_change() returns trigger language plpgsql as $$
        declare
          changed jsonb;
          next_revision bigint;
        begin
          if tg_op = 'INSERT' then
            select jsonb_agg(jsonb_build_array(kind, issuer, subject)) into changed
            from (select kind, issuer, subject from new_rows limit 101) as changed_rows;
          elsif tg_op = 'DELETE' then
            select jsonb_agg(jsonb_build_array(kind, issuer, subject)) into changed
            from (select kind, issuer, subject from old_rows limit 101) as changed_rows;
          elsif tg_op = 'UPDATE' then
            select jsonb_agg(jsonb_build_array(kind, issuer, subject)) into changed
            from (
              select kind, issuer, subject from new_rows union select kind, issuer, subject from old_rows limit 101
            ) as changed_rows;
          end if;
          if changed is null and tg_op <> 'TRUNCATE' then
            return null;
          end if;
          update claims_revision set revision = revision + 1 returning revision into next_revision;
          if changed is null or jsonb_array_length(changed) > 100 or octet_length(changed::text) > 7900 then
            perform pg_notify('claims_changed', json_build_object('revision', next_revision)::text);
          else
            perform pg_notify(
              'claims_changed', json_build_object('revision', next_revision, 'subjects', changed)::text
            );
          end if;
          return null;
        end
      $$`,
      sql`create trigger announce_claims_insert after insert on access_records
        referencing new table as new_rows for each statement execute function announce_claims_change()`,
      sql`create trigger announce_claims_update after update on access_records
        referencing old table as old_rows new table as new_rows
        for each statement execute function announce_claims_change()`,
      sql`create trigger announce_claims_delete after delete on access_records
        referencing old table as old_rows for each statement execute function announce_claims_change()`,
      sql`create trigger announce_claims_truncate after truncate on access_records
        for each statement execute function announce_claims_change()`,
    ]) {
      await statement.execute(db);
    }
  },
};

/**
 * The deny list: what is held against all tokens of an identity stands in its business record, and what is held against
 * single sign-ins by itself, for other programs to fill. It is announced on the channel and with the revisions of the
 * business records, as `{"revision": n, "subjects": [], "signIns": true}`: who knows nothing of sign-ins only counts it.
 */
const createDenyList: Migration = {
  up: async (db) => {
    for (const statement of [
      sql`alter table access_records
        add column suspended boolean not null default false,
        add column valid_after timestamptz constraint access_records_valid_after
          check (valid_after between '1970-01-01T00:00:00Z' and '9999-12-31T00:00:00Z')`,
      sql`create index access_records_denied on access_records (kind, issuer, subject)
        where suspended or valid_after is not null`,
      sql`create table revoked_sign_ins (
        issuer text not null,
        origin_jti text not null,
        revoked_at timestamptz not null default now(),
        primary key (issuer, origin_jti)
      )`,
      sql`create function announce_revoked_sign_ins() returns trigger language plpgsql as $$
        declare
          next_revision bigint;
        begin
          if tg_op = 'DELETE' then
            if not exists (select from old_rows) then return null; end if;
          elsif tg_op <> 'TRUNCATE' then
            if not exists (select from new_rows) then return null; end if;
          end if;
          update claims_revision set revision = revision + 1 returning revision into next_revision;
          perform pg_notify(
            'claims_changed',
            json_build_object('revision', next_revision, 'subjects', json_build_array(), 'signIns', true)::text
          );
          return null;
        end
      $$`,
      sql`create trigger announce_sign_ins_insert after insert on revoked_sign_ins
        referencing new table as new_rows for each statement execute function announce_revoked_sign_ins()`,
      sql`create trigger announce_sign_ins_update after update on revoked_sign_ins
        referencing new table as new_rows for each statement execute function announce_revoked_sign_ins()`,
      sql`create trigger announce_sign_ins_delete after delete on revoked_sign_ins
        referencing old table as old_rows for each statement execute function announce_revoked_sign_ins()`,
      sql`create trigger announce_sign_ins_truncate after truncate on revoked_sign_ins
        for each statement execute function announce_revoked_sign_ins()`,
    ]) {
      await statement.execute(db);
    }
  },
};

/** Run in the order of their names; a released migration is never edited, only followed by another. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001_create_tables': createTables,
  '0002_announce_claims_changes': announceClaimsChanges,
  '0003_create_deny_list': createDenyList,
  '0004_tenants': separateTenants,
};
