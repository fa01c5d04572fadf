import { settingsOf } from 'claimgraph';
import { CompiledQuery } from 'kysely';
import { rowFilters } from '../../access/rowFilters.ts';
import type { RowFilter } from '../rows.ts';

/** Whom the policies hold for: a role that can neither sign in nor pass by row-level security. */
export const apiRole = 'claimgraph_api';

/** What row-level security covers. The policies are in migrations/createPolicies.ts. */
export const protectedTables = ['companies', 'investors', 'transactions', 'audit_events'] as const;

/**
 * One statement that makes the rest of its transaction see what the filter says. The settings end with the transaction
 * (`set_config` with `is_local`), so that whoever gets the connection next has none of them.
 */
export function toRlsSettings(filter: RowFilter): CompiledQuery {
  return toSettings({ role: apiRole, ...toFilterSettings(filter) });
}

/** The same for all rows of a tenant, as the connection's own user. */
export function toTenantSettings(tenant: string): CompiledQuery {
  return toSettings(toFilterSettings({ tenant, rows: 'all' }));
}

function toFilterSettings(filter: RowFilter) {
  const settings = { tenant: filter.rows === 'none' ? '' : filter.tenant, ...settingsOf(rowFilters, filter) };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`claimgraph.${name}`, value]));
}

function toSettings(settings: Readonly<Record<string, string>>): CompiledQuery {
  const calls = Object.keys(settings).map((name, index) => `set_config('${name}', $${index + 1}, true)`);
  return CompiledQuery.raw(`select ${calls.join(', ')}`, Object.values(settings));
}
