import { type Expression, sql } from 'kysely';
import type { CompanyFilter, CompanyOrder, CompanyRow, Page, PageRequest, Region } from '../rows.ts';
import { toCompanyRow } from '../toRow.ts';
import { createStatement, type Parameters } from './createStatement.ts';
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
  const sortColumn = sortColumns[field];
  let start: { readonly sort_key: string | number } | undefined;
  if (page.cursor) {
    const sortKey = sql.ref<string | number>(sortColumn);
    const atCursor = visible.companies().where('companies.id', '=', page.cursor.rowId);
    [start] = await atCursor.select(sortKey.as('sort_key')).execute();
    if (!start) throw toCursorError(page.cursor);
  }
  const values = { ...valuesOf(filter), sortKey: start?.sort_key, rowId: page.cursor?.rowId, limit: page.first + 1 };
  const rows = await companiesPage(visible, values, {
    ...shapeOf(filter),
    sortColumn,
    isAscending: direction === 'ASC',
    isCounted: page.isCounted,
    hasStart: start !== undefined,
  });
  return toPage('companies', page, rows.map(toCompanyRow), rows[0]?.total_count);
}

export async function countCompanies(visible: VisibleRows, filter: CompanyFilter): Promise<number> {
  const [counted] = await companiesCount(visible, valuesOf(filter), shapeOf(filter));
  return counted?.count ?? 0;
}

/** The visible companies whose name contains the text, by name. */
export async function searchCompanies(visible: VisibleRows, text: string, limit: number): Promise<CompanyRow[]> {
  const rows = await visible
    .companies()
    .where(nameMatches(sql`${toContainsPattern(text)}`))
    .selectAll('companies')
    .orderBy('companies.name')
    .orderBy('companies.id')
    .limit(limit)
    .execute();
  return rows.map(toCompanyRow);
}

interface FilterShape {
  readonly hasRegion: boolean;
  readonly hasName: boolean;
}

interface FilterValues extends Readonly<Record<string, unknown>> {
  readonly region: Region | undefined;
  readonly namePattern: string | undefined;
}

function shapeOf({ region, nameContains }: CompanyFilter): FilterShape {
  return { hasRegion: region !== undefined, hasName: nameContains !== undefined };
}

function valuesOf({ region, nameContains: name }: CompanyFilter): FilterValues {
  const namePattern = name === undefined ? undefined : toContainsPattern(parseSearchText('filter.nameContains', name));
  return { region, namePattern };
}

function matchingCompanies(
  visible: VisibleRows,
  { region, namePattern }: Parameters<FilterValues>,
  { hasRegion, hasName }: FilterShape,
) {
  let companies = visible.companies();
  if (hasRegion) companies = companies.where(sql<boolean>`companies.region = ${region}`);
  if (hasName) companies = companies.where(nameMatches(namePattern));
  return companies;
}

interface PageShape extends FilterShape {
  readonly sortColumn: (typeof sortColumns)[CompanyOrder['field']];
  readonly isAscending: boolean;
  readonly isCounted: boolean;
  readonly hasStart: boolean;
}

interface PageValues extends FilterValues {
  /** Where the row of the cursor stands. */
  readonly sortKey: string | number | undefined;
  readonly rowId: string | undefined;
  readonly limit: number;
}

const companiesPage = createStatement((visible, parameters: Parameters<PageValues>, shape: PageShape) => {
  const { sortColumn, isAscending, isCounted, hasStart } = shape;
  const key = sql.ref<string | number>(sortColumn);
  const comes = sql.raw(isAscending ? '>' : '<');
  const { sortKey, rowId, limit } = parameters;
  let companies = matchingCompanies(visible, parameters, shape);
  if (hasStart) {
    companies = companies.where(
      sql<boolean>`(${key} ${comes} ${sortKey} or (${key} = ${sortKey} and companies.id > ${rowId}))`,
    );
  }
  const total = isCounted ? countOf(matchingCompanies(visible, parameters, shape)) : notCounted;
  return companies
    .selectAll('companies')
    .select(total.as('total_count'))
    .orderBy(key, isAscending ? 'asc' : 'desc')
    .orderBy('companies.id')
    .limit(limit);
});

const companiesCount = createStatement((visible, parameters: Parameters<FilterValues>, shape: FilterShape) =>
  matchingCompanies(visible, parameters, shape).select(({ fn }) => fn.countAll<number>().as('count')),
);

// The column's own collation "C" would fold the case of ASCII letters only.
function nameMatches(pattern: Expression<unknown>) {
  return sql<boolean>`companies.name collate "default" ilike ${pattern}`;
}
