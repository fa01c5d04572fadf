import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** A user pool's issuer as records have it, and what else it is called. */
export interface NamedIssuer {
  readonly issuer: string;
  readonly aliases: readonly string[];
}

/**
 * Lets each pool have one name in the database: registers the aliases, under which nothing is kept from then on, and
 * moves what was. Where somebody has records under several names of a pool, that of the canonical one stays, and
 * whatever is held against either is held against it. Does nothing when all of it is known already.
 */
export async function registerIssuerAliases(db: Kysely<Tables>, pools: readonly NamedIssuer[]): Promise<void> {
  const wanted = new Map(pools.flatMap(({ issuer, aliases }) => aliases.map((alias) => [alias, issuer] as const)));
  if (wanted.size === 0 || (await areKnown(db, wanted))) return;
  const isolated = db.transaction().setIsolationLevel('read committed');
  await isolated.execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext('claimgraph.issuer_aliases'))`.execute(transaction);
    // Where row-level security is on, this is done for no caller.
    await sql`select set_config('claimgraph.maintenance', 'on', true)`.execute(transaction);
    await register(transaction, wanted);
    for (const statement of moveRecords) await sql.raw(statement).execute(transaction);
  });
}

async function areKnown(db: Kysely<Tables>, wanted: ReadonlyMap<string, string>): Promise<boolean> {
  const rows = await db.selectFrom('issuer_aliases').selectAll().execute();
  const known = new Map(rows.map(({ alias, canonical }) => [alias, canonical]));
  return [...wanted].every(([alias, canonical]) => known.get(alias) === canonical && !known.has(canonical));
}

async function register(transaction: Transaction<Tables>, wanted: ReadonlyMap<string, string>): Promise<void> {
  for (const [alias, canonical] of wanted) {
    // What was the canonical name so far can be an alias now, and the other way round.
    await transaction.deleteFrom('issuer_aliases').where('alias', '=', canonical).execute();
    await transaction
      .updateTable('issuer_aliases')
      .set({ canonical })
      .where('canonical', '=', alias)
      .where('alias', '<>', canonical)
      .execute();
    await transaction
      .insertInto('issuer_aliases')
      .values({ alias, canonical })
      .onConflict((conflict) => conflict.column('alias').doUpdateSet({ canonical }))
      .execute();
  }
}

/** Of records under aliases: one for each person, with all that is held against any of theirs. */
const moveRecords = [
  `with held as (
    select tenant, kind, canonical, subject, bool_or(suspended) as suspended, max(valid_after) as valid_after
    from access_records join issuer_aliases on alias = issuer
    group by tenant, kind, canonical, subject
  )
  update access_records as record
  set suspended = record.suspended or held.suspended, valid_after = greatest(record.valid_after, held.valid_after)
  from held left join issuer_aliases on issuer_aliases.canonical = held.canonical
  where record.tenant = held.tenant and record.kind = held.kind and record.subject = held.subject
    and record.issuer in (held.canonical, issuer_aliases.alias)`,
  `delete from access_records as record using issuer_aliases as name
  where record.issuer = name.alias and exists (
    select from access_records as other left join issuer_aliases on issuer_aliases.alias = other.issuer
    where other.tenant = record.tenant and other.kind = record.kind and other.subject = record.subject
      and (other.issuer = name.canonical or (issuer_aliases.canonical = name.canonical and other.issuer < record.issuer))
  )`,
  'update access_records set issuer = canonical from issuer_aliases where issuer = alias',
  `insert into revoked_sign_ins (issuer, origin_jti, revoked_at)
  select canonical, origin_jti, revoked_at from revoked_sign_ins join issuer_aliases on alias = issuer
  on conflict do nothing`,
  'delete from revoked_sign_ins using issuer_aliases where issuer = alias',
  // An idempotency key that somebody has used under two names stands for either of the two transactions.
  `update transactions as entered set entered_by = kind || ' ' || canonical || substr(entered_by, length(kind || ' ' || alias) + 1)
  from issuer_aliases, unnest(array['user', 'machine']) as kind
  where starts_with(entered.entered_by, kind || ' ' || alias || ' ') and not exists (
    select from transactions as other
    where other.tenant = entered.tenant and other.idempotency_key = entered.idempotency_key
      and other.entered_by = kind || ' ' || canonical || substr(entered.entered_by, length(kind || ' ' || alias) + 1)
  )`,
];
