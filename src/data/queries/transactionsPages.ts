import DataLoader from 'dataloader';
import { type Selectable, sql } from 'kysely';
import type { Page, PageRequest, TransactionRow } from '../rows.ts';
import { isStorableText } from '../storableText.ts';
import type { TransactionsTable } from '../tables.ts';
import { toTransactionRow } from '../toRow.ts';
import { createStatement, type Parameters } from './createStatement.ts';
import { toCursorError } from './cursor.ts';
import { type ParsedPageRequest, parsePageRequest } from './pageRequest.ts';
import { countOf, notCounted, toPage } from './toPage.ts';
import { anyOf, type VisibleRows } from './visibleRows.ts';

/** Whose transactions a connection holds. */
const parentColumns = {
  companyTransactions: 'company_id',
  investorTransactions: 'investor_id',
} as const;

type TransactionsConnection = keyof typeof parentColumns;

interface TransactionsRequest extends ParsedPageRequest {
  readonly parentId: string;
}

/**
 * Pages of the visible transactions below a parent, oldest first. However many parents are asked for in one go, and for
 * whatever pages, it costs one statement, and one more when there are cursors.
 */
export function createTransactionsPages(visible: VisibleRows, kind: TransactionsConnection) {
  const fetchPages = async (requests: readonly TransactionsRequest[]): Promise<(Page<TransactionRow> | Error)[]> => {
    const starts = await fetchStarts(visible, kind, requests);
    const rows = await fetchRows(visible, kind, requests, starts);
    return requests.map((request, index) =>
      request.cursor && starts[index] === undefined
        ? toCursorError(request.cursor)
        : toPage(kind, request, rows[index]?.rows ?? [], rows[index]?.totalCount),
    );
  };
  const loader = new DataLoader(fetchPages, {
    cacheKeyFn: ({ parentId, first, cursor, isCounted }) => JSON.stringify([parentId, first, cursor?.rowId, isCounted]),
  });
  return async (parentId: string, request: PageRequest): Promise<Page<TransactionRow>> =>
    loader.load({ parentId, ...parsePageRequest(kind, request) });
}

/** The position that each page comes after (the first row has 1); undefined where the cursor is refused. */
async function fetchStarts(
  visible: VisibleRows,
  kind: TransactionsConnection,
  requests: readonly TransactionsRequest[],
): Promise<(number | undefined)[]> {
  const cursorIds = requests.flatMap(({ cursor }) => cursor?.rowId ?? []);
  if (cursorIds.length === 0) return requests.map(() => 0);
  const cursorRows = await visible
    .transactions()
    .where('transactions.id', '=', anyOf(cursorIds))
    .select(['transactions.id', 'transactions.position', `transactions.${parentColumns[kind]} as parent_id`])
    .execute();
  const byId = new Map(cursorRows.map((row) => [row.id, row]));
  return requests.map(({ parentId, cursor }) => {
    if (!cursor) return 0;
    const row = byId.get(cursor.rowId);
    return row?.parent_id === parentId ? row.position : undefined;
  });
}

interface FoundRows {
  readonly rows: TransactionRow[];
  totalCount: number | undefined;
}

/** The rows of each page, and one more where more follow; and of all pages, where somebody asks, their number. */
async function fetchRows(
  visible: VisibleRows,
  kind: TransactionsConnection,
  requests: readonly TransactionsRequest[],
  starts: readonly (number | undefined)[],
): Promise<FoundRows[]> {
  const found = await transactionsPages(
    visible,
    {
      parentIds: requests.map(({ parentId }) => (isStorableText(parentId) ? parentId : null)),
      limits: requests.map(({ first }) => first + 1),
      starts,
      counted: requests.map(({ isCounted }) => isCounted),
    },
    { kind, isCounted: requests.some(({ isCounted }) => isCounted) },
  );
  const pages: FoundRows[] = requests.map(() => ({ rows: [], totalCount: undefined }));
  for (const { ordinal, total_count, ...row } of found) {
    const page = pages[ordinal - 1];
    if (!page) continue;
    page.totalCount = total_count ?? undefined;
    if (isFound(row)) page.rows.push(toTransactionRow(row));
  }
  return pages;
}

interface PagesValues extends Readonly<Record<string, unknown>> {
  readonly parentIds: readonly (string | null)[];
  readonly limits: readonly number[];
  readonly starts: readonly (number | undefined)[];
  readonly counted: readonly boolean[];
}

interface PagesShape {
  readonly kind: TransactionsConnection;
  readonly isCounted: boolean;
}

const transactionsPages = createStatement(
  (visible, { parentIds, limits, starts, counted }: Parameters<PagesValues>, { kind, isCounted }: PagesShape) => {
    const parentColumn = `transactions.${parentColumns[kind]}` as const;
    const ofParent = () => visible.transactions().where(parentColumn, '=', sql.ref<string>('request.parent_id'));
    const total = isCounted
      ? sql<number | null>`case when request.is_counted then ${countOf(ofParent())} end`
      : notCounted;
    return (
      visible.db
        .selectFrom(
          sql<{ ordinal: number }>`
            unnest(${parentIds}::text[], ${limits}::int[], ${starts}::bigint[], ${counted}::bool[]) with ordinality
          `.as<'request'>(sql`request(parent_id, page_limit, start, is_counted, ordinal)`),
        )
        // Once for each request, whatever rows it has.
        .innerJoinLateral(
          () =>
            sql<{ total_count: number | null }>`(select ${total} as total_count offset 0)`.as<'counted'>(sql`counted`),
          (join) => join.onTrue(),
        )
        .leftJoinLateral(
          ofParent()
            .selectAll('transactions')
            .where('transactions.position', '>', sql.ref<number>('request.start'))
            .orderBy('transactions.position')
            .limit(sql.ref<number>('request.page_limit'))
            .as('page'),
          (join) => join.onTrue(),
        )
        .selectAll('page')
        .select(['request.ordinal', 'counted.total_count'])
        .orderBy('request.ordinal')
        .orderBy('page.position')
    );
  },
);

/** A request without rows has one whose columns are null. */
function isFound(row: Nullable<Selectable<TransactionsTable>>): row is Selectable<TransactionsTable> {
  return row.id !== null;
}

type Nullable<Row> = { [Column in keyof Row]: Row[Column] | null };
