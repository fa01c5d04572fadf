import { type Kysely, sql } from 'kysely';

/**
 * Every change of the business records, whoever makes it, is announced on the channel `claims_changed` as
 * `{"revision": n, "subjects": [[kind, issuer, subject], …]}`, with the tenant as a fourth element unless it is `main`, and
 * without `subjects` when they are too many for NOTIFY's 8000 bytes; a change of the revoked sign-ins as
 * `{"revision": n, "subjects": [], "signIns": true}`. The one row of `claims_revision` stays locked until the change is
 * committed, so that the announcements arrive in the order of their revisions and none is counted that was rolled back.
 *
 * Whoever makes the change need not know of any of this: the functions run with the rights of the tables' owner and name
 * everything in full, whatever the caller's role and search path are. `schema` is the tables', quoted as SQL wants it.
 */
export async function announceChanges(db: Kysely<unknown>, schema: string): Promise<void> {
  for (const statement of [
    announceClaims(schema),
    announceSignIns(schema),
    ...triggersOf('access_records', 'announce_claims', `${schema}.announce_claims_change()`),
    ...triggersOf('revoked_sign_ins', 'announce_sign_ins', `${schema}.announce_revoked_sign_ins()`),
    // Else anybody could have them fire for a table of their own.
    `revoke execute on function
      ${schema}.announce_claims_change(), ${schema}.announce_revoked_sign_ins() from public`,
  ]) {
    await sql.raw(statement).execute(db);
  }
}

/** An update that leaves a record as it was is none: programs that write all records anew cost no cache anything. */
const announceClaims = (schema: string) => `
create function ${schema}.announce_claims_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    changed jsonb;
    next_revision bigint;
  begin
    if tg_op = 'INSERT' then
      ${collect(identities('new_rows'))}
    elsif tg_op = 'DELETE' then
      ${collect(identities('old_rows'))}
    elsif tg_op = 'UPDATE' then
      ${collect(`${difference('new_rows', 'old_rows')} union ${difference('old_rows', 'new_rows')}`)}
    end if;
    if changed is null and tg_op <> 'TRUNCATE' then
      return null;
    end if;
    update ${schema}.claims_revision set revision = revision + 1 returning revision into next_revision;
    if changed is null or jsonb_array_length(changed) > 100 or octet_length(changed::text) > 7900 then
      perform pg_notify('claims_changed', json_build_object('revision', next_revision)::text);
    else
      perform pg_notify('claims_changed', json_build_object('revision', next_revision, 'subjects', changed)::text);
    end if;
    return null;
  end
$$`;

const announceSignIns = (schema: string) => `
create function ${schema}.announce_revoked_sign_ins() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    next_revision bigint;
  begin
    if tg_op = 'DELETE' then
      if not exists (select from old_rows) then return null; end if;
    elsif tg_op <> 'TRUNCATE' then
      if not exists (select from new_rows) then return null; end if;
    end if;
    update ${schema}.claims_revision set revision = revision + 1 returning revision into next_revision;
    perform pg_notify(
      'claims_changed',
      json_build_object('revision', next_revision, 'subjects', json_build_array(), 'signIns', true)::text
    );
    return null;
  end
$$`;

/** One more than are announced, to know that they are too many. */
function collect(changedRows: string): string {
  return `select jsonb_agg(
        case tenant when 'main' then jsonb_build_array(kind, issuer, subject)
        else jsonb_build_array(kind, issuer, subject, tenant) end
      ) into changed from (${changedRows} limit 101) as changed_rows;`;
}

function identities(rows: string): string {
  return `select kind, issuer, subject, tenant from ${rows}`;
}

function difference(rows: string, others: string): string {
  return identities(`(select * from ${rows} except select * from ${others}) as changed_${rows}`);
}

function triggersOf(table: string, name: string, call: string): readonly string[] {
  return [
    `create trigger ${name}_insert after insert on ${table}
      referencing new table as new_rows for each statement execute function ${call}`,
    `create trigger ${name}_update after update on ${table}
      referencing old table as old_rows new table as new_rows for each statement execute function ${call}`,
    `create trigger ${name}_delete after delete on ${table}
      referencing old table as old_rows for each statement execute function ${call}`,
    `create trigger ${name}_truncate after truncate on ${table} for each statement execute function ${call}`,
  ];
}
