import type { Page } from '../rows.ts';
import { type ConnectionKind, toCursor } from './cursor.ts';
import type { ParsedPageRequest } from './pageRequest.ts';

/** A page of the rows that were found when one more than asked for was looked for, to know whether more follow. */
export function toPage<Row extends { readonly id: string }>(
  kind: ConnectionKind,
  { first, cursor }: ParsedPageRequest,
  rows: readonly Row[],
): Page<Row> {
  return {
    edges: rows.slice(0, first).map((node) => ({ cursor: toCursor(kind, node.id), node })),
    hasNextPage: rows.length > first,
    hasPreviousPage: cursor !== undefined,
  };
}
