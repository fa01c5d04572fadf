import { type Kysely, sql } from 'kysely';

/**
 * Records are kept by the canonical issuer of their user pool. Whoever writes one under an alias, for example as the `iss`
 * of a token has it since the pool was switched, writes it under the canonical one. `issuer_aliases` is filled from the
 * configuration (writes/issuerAliases.ts). `schema` is the tables', quoted as SQL wants it.
 */
export async function canonicalizeIssuers(db: Kysely<unknown>, schema: string): Promise<void> {
  for (const statement of [
    `create table issuer_aliases (
      alias text primary key,
      canonical text not null,
      constraint issuer_aliases_canonical check (canonical <> alias)
    )`,
    `create function ${schema}.canonicalize_issuer() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        new.issuer := coalesce(
          (select canonical from ${schema}.issuer_aliases where alias = new.issuer), new.issuer
        );
        return new;
      end
    $$`,
    ...['access_records', 'revoked_sign_ins'].map(
      (table) => `create trigger canonicalize_issuer before insert or update of issuer on ${table}
        for each row execute function ${schema}.canonicalize_issuer()`,
    ),
    `revoke execute on function ${schema}.canonicalize_issuer() from public`,
  ]) {
    await sql.raw(statement).execute(db);
  }
}
