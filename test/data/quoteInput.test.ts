import { expect, test } from 'vitest';
import { parseSearchText } from '../../src/data/queries/searchText.ts';
import { lengthOf, quoteInput } from '../../src/data/quoteInput.ts';

// Two units of UTF-16, four bytes of UTF-8, and one character to whoever types it.
const clef = '𝄞';

test('lengths are counted in code points', () => {
  expect([lengthOf(''), lengthOf('aé'), lengthOf(clef.repeat(3)), lengthOf(`a${clef}`)]).toEqual([0, 2, 3, 2]);
  expect(parseSearchText('text', clef.repeat(100))).toBe(clef.repeat(100));
  expect(() => parseSearchText('text', clef.repeat(101))).toThrow();
});

test('what is quoted is cut between code points', () => {
  expect(quoteInput(clef.repeat(100))).toBe(clef.repeat(100));
  expect(quoteInput(clef.repeat(101))).toBe(`${clef.repeat(100)}…`);
  expect(quoteInput(`a${clef.repeat(300)}`)).toBe(`a${clef.repeat(99)}…`);
});
