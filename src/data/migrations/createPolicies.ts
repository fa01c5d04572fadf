import { policyOf } from 'claimgraph';
import { type Kysely, sql } from 'kysely';
import {
  visibleAuditEvents,
  visibleCompanies,
  visibleInvestors,
  visibleTransactions,
} from '../../access/rowFilters.ts';

/**
 * The filters of access/rowFilters.ts as policies of row-level security, which `DATABASE_RLS=on` turns on (rls/enableRls.ts);
 * until then they have no effect. The settings are those of rls/rlsSettings.ts. A policy reads other tables as its caller
 * does, through their policies; tables that would so depend on each other in a circle, which PostgreSQL refuses, do not for
 * the function: a statement of its own, which runs with the caller's rights. `schema` is the tables', quoted as SQL wants it.
 */
export async function createPolicies(db: Kysely<unknown>, schema: string): Promise<void> {
  for (const statement of policies(schema)) await sql.raw(statement).execute(db);
}

const setting = (name: string) => `current_setting('claimgraph.${name}', true)`;
const ofTenant = `tenant = ${setting('tenant')}`;
/** Who works on the database and not for a caller, such as who fills it: `set claimgraph.maintenance = on`. */
const isMaintained = `${setting('maintenance')} = 'on' and current_user <> 'claimgraph_api'`;

function policies(schema: string): readonly string[] {
  const options = { prefix: 'claimgraph', schema, within: { tenant: 'tenant' } };
  const [ofCompanies, ofTransactions] = [policyOf(visibleCompanies, options), policyOf(visibleTransactions, options)];
  const [ofInvestors, ofAuditEvents] = [policyOf(visibleInvestors, options), policyOf(visibleAuditEvents, options)];
  const all = [ofCompanies, ofTransactions, ofInvestors, ofAuditEvents];
  return [
    ...all.flatMap(({ functions }) => functions),
    `create policy visible on companies using (${ofCompanies.using})
      with check (${ofCompanies.using} and ${setting('rows')} <> 'ofInvestor')`,
    `create policy visible on transactions using (${ofTransactions.using})
      with check (${ofTransactions.using} and ${setting('rows')} <> 'ofInvestor')`,
    `create policy visible on investors for select using (${ofInvestors.using})`,
    `create policy changed on investors for update using (${ofInvestors.using})`,
    `create policy written on investors for insert with check (${ofTenant} and ${setting('rows')} = 'all')`,
    `create policy visible on audit_events for select using (${ofAuditEvents.using})`,
    // Whoever does something leaves a trace, also who may not read them.
    `create policy written on audit_events for insert
      with check (${ofTenant} and ${setting('rows')} in ('all', 'ofRegions', 'ofInvestor'))`,
    ...['companies', 'transactions', 'investors', 'audit_events'].map(
      (table) => `create policy maintained on ${table} using (${isMaintained})`,
    ),
  ];
}
