import { type Expression, sql } from 'kysely';
import type { Page } from '../rows.ts';
import { type ConnectionKind, toCursor } from './cursor.ts';
import type { ParsedPageRequest } from './pageRequest.ts';

/** A page of the rows that were found when one more than asked for was looked for, to know whether more follow. */
export function toPage<Row extends { readonly id: string }>(
  kind: ConnectionKind,
  { first, cursor, isCounted }: ParsedPageRequest,
  rows: readonly Row[],
  totalCount: number | null | undefined,
): Page<Row> {
  return {
    edges: rows.slice(0, first).map((node) => ({ cursor: toCursor(kind, node.id), node })),
    hasNextPage: rows.length > first,
    hasPreviousPage: cursor !== undefined,
    // Where even the first page has no row that could tell, there is none.
    totalCount: totalCount ?? (isCounted && rows.length === 0 && !cursor ? 0 : undefined),
  };
}

/** For the statement that fetches a page: how many rows all pages have, as a value of each row. */
export function countOf(rows: Expression<unknown>) {
  return sql<number | null>`(select count(*) from ${rows} as counted)`;
}

export const notCounted = sql<number | null>`null::bigint`;
