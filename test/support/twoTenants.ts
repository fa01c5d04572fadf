import type { World } from './everyQuery.ts';

/**
 * Two tenants of one shape: they share ids, names, managers and investors, and each has rows of its own besides. What
 * tells them apart is the amounts, the notes and the e-mail addresses.
 */
export const twoTenants: World = {
  companies: tenants((tenant, sign) => [
    { ...company(tenant, 'com_1', 'USA', sign), name: 'Alder Rail' },
    { ...company(tenant, 'com_2', 'ASIA', sign), name: 'Birch Solar' },
    { ...company(tenant, `com_${tenant}`, 'USA', sign), name: `Cedar ${tenant}` },
  ]),
  investors: tenants((tenant) =>
    ['inv_1', 'inv_2', `inv_${tenant}`].map((id) => ({ tenant, id, email: `${id}@${tenant}.example`, tax_id: '1' })),
  ),
  transactions: tenants((tenant, sign) => [
    transaction(tenant, 'txn_1', 'com_1', 'inv_1', sign),
    transaction(tenant, 'txn_2', 'com_1', 'inv_2', sign * 10),
    transaction(tenant, 'txn_3', 'com_2', 'inv_1', sign * 100),
    transaction(tenant, 'txn_4', 'com_2', `inv_${tenant}`, sign * 1_000),
    transaction(tenant, `txn_${tenant}`, `com_${tenant}`, `inv_${tenant}`, sign * 10_000),
  ]),
  auditEvents: tenants((tenant) =>
    ['aud_1', `aud_${tenant}`].map((id) => ({
      ...{ tenant, id, occurred_at: new Date(0), actor: tenant },
      ...{ action: 'TRANSACTION_CREATED', target_id: 'txn_1' },
    })),
  ),
};

function tenants<Row>(rowsOf: (tenant: string, sign: number) => readonly Row[]): readonly Row[] {
  return [...rowsOf('acme', 1), ...rowsOf('globex', 2)];
}

function company(tenant: string, id: string, region: 'USA' | 'ASIA', sign: number) {
  const notes = { internal_rating: `${sign}`, board_notes: `notes of ${tenant}` };
  return { tenant, id, region, manager_id: '7', target_usd: sign, ...notes };
}

function transaction(tenant: string, id: string, companyId: string, investorId: string, amountUsd: number) {
  const parents = { company_id: companyId, investor_id: investorId };
  return { tenant, id, ...parents, amount_usd: amountUsd, created_at: new Date(0) };
}
