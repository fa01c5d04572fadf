const maxLength = 100;

/** How many characters a text has, as people and PostgreSQL count them: code points. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}

/** What the client sent, cut to a length that is fit for an error message. */
export function quoteInput(text: string): string {
  return lengthOf(text) <= maxLength ? text : `${[...text.slice(0, 2 * maxLength)].slice(0, maxLength).join('')}…`;
}
