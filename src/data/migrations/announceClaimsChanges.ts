import { type Migration, sql } from 'kysely';

/**
 * Every change of the business records, whoever makes it, is announced on the channel `claims_changed` as
 * `{"revision": n, "subjects": [[kind, issuer, subject], …]}`, without `subjects` when they are too many for NOTIFY's
 * 8000 bytes. The one row of `claims_revision` stays locked until the change is committed, so that the announcements
 * arrive in the order of their revisions and none is counted that was rolled back.
 */
export const announceClaimsChanges: Migration = {
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
