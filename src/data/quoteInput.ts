const maxLength = 100;

/** What the client sent, cut to a length that is fit for an error message. */
export function quoteInput(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}…`;
}
