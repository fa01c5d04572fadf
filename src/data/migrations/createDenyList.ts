import { type Migration, sql } from 'kysely';

/**
 * The deny list: what is held against all tokens of an identity stands in its business record, and what is held against
 * single sign-ins by itself, for other programs to fill. It is announced on the channel and with the revisions of the
 * business records, as `{"revision": n, "subjects": [], "signIns": true}`: who knows nothing of sign-ins only counts it.
 */
export const createDenyList: Migration = {
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
