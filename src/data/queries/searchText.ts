import { BadUserInputError } from 'claimgraph';
import { lengthOf, quoteInput } from '../quoteInput.ts';
import { isStorableText } from '../storableText.ts';

const maxLength = 100;

/** The text without surrounding white space; throws BadUserInputError when it cannot be searched for. */
export function parseSearchText(field: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || lengthOf(trimmed) > maxLength || !isStorableText(trimmed)) {
    throw new BadUserInputError({ field, expected: `1 to ${maxLength} characters of text`, got: quoteInput(text) });
  }
  return trimmed;
}

/** A pattern for `like` that matches where the text occurs: `%`, `_` and `\` in it stand for themselves. */
export function toContainsPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
