import { BadUserInputError } from 'claimgraph';
import { quoteInput } from '../quoteInput.ts';
import { isStorableText } from '../storableText.ts';

/** The connections that give cursors; one's cursors are refused by the others. */
export type ConnectionKind = 'companies' | 'companyTransactions' | 'investorTransactions' | 'auditEvents';

/**
 * A cursor names its connection and a row and nothing else: where the row stands is looked up when it is used, among the
 * rows the caller may see. So it carries no value that the caller may not read, and opens nothing when it is made up.
 */
export function toCursor(kind: ConnectionKind, rowId: string): string {
  return Buffer.from(`${kind}:${rowId}`).toString('base64url');
}

export interface Cursor {
  /** The row that the page comes after. */
  readonly rowId: string;
  /** The cursor as the client sent it. */
  readonly text: string;
}

/** Throws BadUserInputError for everything that `toCursor` does not make for this connection. */
export function parseCursor(kind: ConnectionKind, text: string): Cursor {
  const rowId = Buffer.from(text, 'base64url').toString().slice(`${kind}:`.length);
  // Node decodes leniently, and here nothing of the front was looked at: only what `toCursor` makes comes back the same.
  const isOurs = isStorableText(rowId) && toCursor(kind, rowId) === text;
  if (!isOurs) throw toCursorError({ text });
  return { rowId, text };
}

/** The same, whether it is malformed, of another connection, or names a row that is absent or not visible. */
export function toCursorError({ text }: { readonly text: string }): BadUserInputError {
  return new BadUserInputError({ field: 'after', expected: 'a cursor from this connection', got: quoteInput(text) });
}
