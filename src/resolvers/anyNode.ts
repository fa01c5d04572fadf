import type { InvestmentsData } from '../data/investmentsData.ts';
import type { CompanyRow, InvestorRow, TransactionRow } from '../data/rows.ts';

/** The prefix of an id says where to look; all three lookups are batched, and limited to visible rows. */
export async function anyNode(
  data: InvestmentsData,
  id: string,
): Promise<CompanyRow | TransactionRow | InvestorRow | null> {
  if (id.startsWith('com_')) return data.company(id);
  if (id.startsWith('txn_')) return data.transaction(id);
  if (id.startsWith('inv_')) return data.investor(id);
  return null;
}
