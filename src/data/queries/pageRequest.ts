import { BadUserInputError } from 'claimgraph';
import type { PageRequest } from '../rows.ts';
import { type ConnectionKind, type Cursor, parseCursor } from './cursor.ts';

const maxPageSize = 100;

/** A request whose arguments are in order. */
export interface ParsedPageRequest {
  readonly first: number;
  readonly cursor: Cursor | undefined;
  readonly isCounted: boolean;
}

export function parsePageRequest(
  kind: ConnectionKind,
  { first, after, isCounted = false }: PageRequest,
): ParsedPageRequest {
  if (!Number.isInteger(first) || first < 0 || first > maxPageSize) {
    throw new BadUserInputError({
      field: 'first',
      expected: `a whole number from 0 to ${maxPageSize}`,
      got: String(first),
    });
  }
  return { first, cursor: after === undefined ? undefined : parseCursor(kind, after), isCounted };
}
