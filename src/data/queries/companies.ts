import { sql } from 'kysely';
import type { CompanyFilter, CompanyOrder, CompanyRow, Page, PageRequest } from '../rows.ts';
import { toCompanyRow } from '../toRow.ts';
import { toCursorError } from './cursor.ts';
import { parsePageRequest } from './pageRequest.ts';
import { parseSearchText, toContainsPattern } from './searchText.ts';
import { countOf, notCounted, toPage } from './toPage.ts';
import type { VisibleRows } from './visibleRows.ts';

const sortColumns = {
  NAME: 'companies.name',
  REGION: 'companies.region',
  TARGET_USD: 'companies.target_usd',
  INTERNAL_RATING: 'companies.internal_rating',
} as const satisfies Record<CompanyOrder['field'], string>;

/** A page in the order asked for; ties are broken by id. */
export async function fetchCompaniesPage(
  visible: VisibleRows,
  request: PageRequest,
  filter: CompanyFilter,
  { field, direction }: CompanyOrder,
): Promise<Page<CompanyRow>> {
  const page = parsePageRequest('companies', request);
  const sortKey = sql.ref<string | number>(sortColumns[field]);
  const isAscending = direction === 'ASC';

  let companies = matchingCompanies(visible, filter);
  if (page.cursor) {
    const { rowId } = page.cursor;
    const start = visible.companies().where('companies.id', '=', rowId).select(sortKey.as('sort_key'));
    const [row] = await start.execute();
    if (!row) throw toCursorError(page.cursor);
    companies = companies.where(({ eb, and, or }) =>
      or([
        eb(sortKey, isAscending ? '>' : '<', row.sort_key),
        and([eb(sortKey, '=', row.sort_key), eb('companies.id', '>', rowId)]),
      ]),
    );
  }
  const total = page.isCounted ? countOf(matchingCompanies(visible, filter)) : notCounted;
  const rows = await companies
    .selectAll('companies')
    .select(total.as('total_count'))
    .orderBy(sortKey, isAscending ? 'asc' : 'desc')
    .orderBy('companies.id')
    .limit(page.first + 1)
    .execute();
  return toPage('companies', page, rows.map(toCompanyRow), rows[0]?.total_count);
}

export async function countCompanies(visible: VisibleRows, filter: CompanyFilter): Promise<number> {
  const [counted] = await matchingCompanies(visible, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .execute();
  return counted?.count ?? 0;
}

/** The visible companies whose name contains the text, by name. */
export async function searchCompanies(visible: VisibleRows, text: string, limit: number): Promise<CompanyRow[]> {
  const rows = await visible
    .companies()
    .where(nameContains(text))
    .selectAll('companies')
    .orderBy('companies.name')
    .orderBy('companies.id')
    .limit(limit)
    .execute();
  return rows.map(toCompanyRow);
}

function matchingCompanies(visible: VisibleRows, filter: CompanyFilter) {
  let companies = visible.companies();
  if (filter.region !== undefined) companies = companies.where('companies.region', '=', filter.region);
  if (filter.nameContains !== undefined) {
    companies = companies.where(nameContains(parseSearchText('filter.nameContains', filter.nameContains)));
  }
  return companies;
}

// The column's own collation "C" would fold the case of ASCII letters only.
function nameContains(text: string) {
  return sql<boolean>`companies.name collate "default" ilike ${toContainsPattern(text)}`;
}
