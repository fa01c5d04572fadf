import { type Migration, sql } from 'kysely';

/**
 * Every row belongs to a tenant, what was there before to `main`, and no row can refer to one of another tenant's. The
 * policies are the wall that `DATABASE_RLS=on` puts up (wall/raiseWall.ts): until then they have no effect.
 */
export const separateTenants: Migration = {
  up: async (db) => {
    for (const statement of [...addTenants, announceWithTenant, ...describeWall]) await sql.raw(statement).execute(db);
  },
};

// An empty tenant would be the one of a connection whose settings are gone: they are then '' and not null.
const addTenants = [
  ...['companies', 'investors', 'transactions', 'audit_events', 'access_records'].map(
    (table) => `alter table ${table} add tenant text collate "C" not null default 'main'
      constraint ${table}_tenant check (tenant <> '')`,
  ),
  `alter table transactions
    drop constraint transactions_company_id_fkey,
    drop constraint transactions_investor_id_fkey,
    drop constraint transactions_pkey,
    add primary key (tenant, id)`,
  'alter table companies drop constraint companies_pkey, add primary key (tenant, id)',
  'alter table investors drop constraint investors_pkey, add primary key (tenant, id)',
  `alter table transactions
    add foreign key (tenant, company_id) references companies (tenant, id),
    add foreign key (tenant, investor_id) references investors (tenant, id)`,
  'alter table audit_events drop constraint audit_events_pkey, add primary key (tenant, id)',
  `alter table access_records
    drop constraint access_records_pkey, add primary key (tenant, kind, issuer, subject)`,
  'drop index companies_by_name, companies_by_region, companies_by_target, companies_by_rating',
  'create index companies_by_name on companies (tenant, name, id)',
  'create index companies_by_region on companies (tenant, region, id)',
  'create index companies_by_target on companies (tenant, target_usd, id)',
  'create index companies_by_rating on companies (tenant, internal_rating, id)',
  'drop index transactions_of_company, transactions_of_investor, audit_events_by_time, access_records_by_manager',
  'create index transactions_of_company on transactions (tenant, company_id, position)',
  'create index transactions_of_investor on transactions (tenant, investor_id, position)',
  'create index audit_events_by_time on audit_events (tenant, occurred_at, id)',
  'create index access_records_by_manager on access_records (tenant, manager_id)',
  'drop index access_records_denied',
  `create index access_records_denied on access_records (tenant, kind, issuer, subject)
    where suspended or valid_after is not null`,
];

const named = (rows: string) => `
  select kind, issuer, subject, tenant from ${rows}`;

/**
 * As in `announceClaimsChanges`, with the tenant as a fourth element unless it is `main`. A process that does not know
 * of tenants yet cannot read four elements, and then forgets all that it remembers. `updatedRows` selects those of an
 * update that it is about.
 */
export const announcing = (
  updatedRows: string,
) => `create or replace function announce_claims_change() returns trigger language plpgsql as $$
  declare
    changed jsonb;
    next_revision bigint;
  begin
    if tg_op = 'INSERT' then
      ${collect(named('new_rows'))}
    elsif tg_op = 'DELETE' then
      ${collect(named('old_rows'))}
    elsif tg_op = 'UPDATE' then
      ${collect(updatedRows)}
    end if;
    if changed is null and tg_op <> 'TRUNCATE' then
      return null;
    end if;
    update claims_revision set revision = revision + 1 returning revision into next_revision;
    if changed is null or jsonb_array_length(changed) > 100 or octet_length(changed::text) > 7900 then
      perform pg_notify('claims_changed', json_build_object('revision', next_revision)::text);
    else
      perform pg_notify('claims_changed', json_build_object('revision', next_revision, 'subjects', changed)::text);
    end if;
    return null;
  end
$$`;

const announceWithTenant = announcing(`${named('new_rows')} union ${named('old_rows')}`);

function collect(rows: string): string {
  return `select jsonb_agg(
        case tenant when 'main' then jsonb_build_array(kind, issuer, subject)
        else jsonb_build_array(kind, issuer, subject, tenant) end
      ) into changed from (${rows} limit 101) as changed_rows;`;
}

const setting = (name: string) => `current_setting('claimgraph.${name}', true)`;
const ofTenant = `tenant = ${setting('tenant')}`;
/** Who works on the database and not for a caller, such as who fills it: `set claimgraph.maintenance = on`. */
const isMaintained = `${setting('maintenance')} = 'on' and current_user <> 'claimgraph_api'`;

const visibleCompanies = `${ofTenant} and case ${setting('rows')}
    when 'all' then true
    when 'ofRegions' then region = any(string_to_array(${setting('regions')}, ','))
    when 'ofInvestor' then id = any((select companies_of_investor())::text[])
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

/**
 * What visibleRows.ts says, once more and in SQL alone; the settings are those of wall/wallSettings.ts. A policy reads
 * other tables as its caller does, through their policies. Companies and transactions would so depend on each other in a
 * circle, which PostgreSQL refuses, were it not for the function: a statement of its own.
 */
const describeWall = [
  `create function companies_of_investor() returns text[] language plpgsql stable as $$
    begin
      return array(
        select company_id from transactions where ${ofTenant} and investor_id = ${setting('investor_id')}
      );
    end
  $$`,
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
