import { sql } from 'kysely';
import type { RegionSummaryRow } from '../rows.ts';
import type { VisibleRows } from './visibleRows.ts';

/** `sum` of a bigint is a numeric, which drivers give as text; back as a bigint it is a number, or an error. */
export const sumOfAmounts = sql<number>`coalesce(sum(transactions.amount_usd), 0)::bigint`;

/** The totals of each region with a visible company, in the order of the regions' names. */
export async function fetchRegionSummary(visible: VisibleRows): Promise<RegionSummaryRow[]> {
  const rows = await visible
    .companies()
    .leftJoin(visible.transactions().selectAll('transactions').as('transactions'), (join) =>
      join.onRef('transactions.company_id', '=', 'companies.id'),
    )
    .groupBy('companies.region')
    .orderBy('companies.region')
    .select([
      'companies.region',
      sql<number>`count(distinct companies.id)`.as('company_count'),
      sumOfAmounts.as('amount_usd'),
    ])
    .execute();
  return rows.map((row) => ({ region: row.region, companyCount: row.company_count, amountUsd: row.amount_usd }));
}
