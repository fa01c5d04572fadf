import { sql } from 'kysely';
import type { CompanyRow, InvestorRow } from '../rows.ts';
import { toInvestorRow } from '../toRow.ts';
import { searchCompanies } from './companies.ts';
import { parseSearchText, toContainsPattern } from './searchText.ts';
import type { VisibleRows } from './visibleRows.ts';

const maxResults = 20;

/** Companies by name, then investors by id; together at most 20. */
export async function search(visible: VisibleRows, text: string): Promise<(CompanyRow | InvestorRow)[]> {
  const sought = parseSearchText('text', text);
  const companies = await searchCompanies(visible, sought, maxResults);
  if (companies.length === maxResults) return companies;
  const investors = await visible
    .investors()
    .where(sql<boolean>`investors.id collate "default" ilike ${toContainsPattern(sought)}`)
    .selectAll('investors')
    .orderBy('investors.id')
    .limit(maxResults - companies.length)
    .execute();
  return [...companies, ...investors.map(toInvestorRow)];
}
