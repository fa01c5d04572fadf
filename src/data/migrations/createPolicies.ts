import { type Kysely, sql } from 'kysely';

/**
 * What visibleRows.ts says, once more and in SQL alone: the policies of row-level security that `DATABASE_RLS=on` turns on
 * (rls/enableRls.ts); until then they have no effect. The settings are those of rls/rlsSettings.ts. A policy reads other
 * tables as its caller does, through their policies. Companies and transactions would so depend on each other in a circle,
 * which PostgreSQL refuses, were it not for the function: a statement of its own, which runs with the caller's rights.
 * `schema` is the tables', quoted as SQL wants it.
 */
export async function createPolicies(db: Kysely<unknown>, schema: string): Promise<void> {
  for (const statement of [companiesOfInvestor(schema), ...policies(schema)]) await sql.raw(statement).execute(db);
}

const setting = (name: string) => `current_setting('claimgraph.${name}', true)`;
const ofTenant = `tenant = ${setting('tenant')}`;
/** Who works on the database and not for a caller, such as who fills it: `set claimgraph.maintenance = on`. */
const isMaintained = `${setting('maintenance')} = 'on' and current_user <> 'claimgraph_api'`;

const companiesOfInvestor = (schema: string) => `
create function ${schema}.companies_of_investor() returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
  begin
    return array(
      select company_id from ${schema}.transactions
      where ${ofTenant} and investor_id = ${setting('investor_id')}
    );
  end
$$`;

function policies(schema: string): readonly string[] {
  const visibleCompanies = `${ofTenant} and case ${setting('rows')}
      when 'all' then true
      when 'ofRegions' then region = any(string_to_array(${setting('regions')}, ','))
      when 'ofInvestor' then id = any((select ${schema}.companies_of_investor())::text[])
      else false
    end`;
  const visibleTransactions = `${ofTenant} and case ${setting('rows')}
      when 'all' then true
      when 'ofRegions' then company_id in (select id from companies)
      when 'ofInvestor' then investor_id = ${setting('investor_id')}
      else false
    end`;
  const visibleInvestors = `${ofTenant} and id in (select investor_id from transactions)`;
  const visibleAuditEvents = `${ofTenant} and ${setting('rows')} = 'all'`;
  return [
    `create policy visible on companies using (${visibleCompanies})
      with check (${visibleCompanies} and ${setting('rows')} <> 'ofInvestor')`,
    `create policy visible on transactions using (${visibleTransactions})
      with check (${visibleTransactions} and ${setting('rows')} <> 'ofInvestor')`,
    `create policy visible on investors for select using (${visibleInvestors})`,
    `create policy changed on investors for update using (${visibleInvestors})`,
    `create policy written on investors for insert with check (${ofTenant} and ${setting('rows')} = 'all')`,
    `create policy visible on audit_events for select using (${visibleAuditEvents})`,
    // Whoever does something leaves a trace, also who may not read them.
    `create policy written on audit_events for insert
      with check (${ofTenant} and ${setting('rows')} in ('all', 'ofRegions', 'ofInvestor'))`,
    ...['companies', 'transactions', 'investors', 'audit_events'].map(
      (table) => `create policy maintained on ${table} using (${isMaintained})`,
    ),
  ];
}
