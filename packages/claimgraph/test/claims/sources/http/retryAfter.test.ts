import { expect, test } from 'vitest';
import { readRetryAfterMs } from '../../../../src/claims/sources/http/retryAfter.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

test.each([
  ['0', 0],
  ['120', 120_000],
  ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
  ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
  ['-1', 0],
  ['1.5', 0],
  ['2026-01-01T01:00:00Z', 0],
  ['soon', 0],
  ['', 0],
])('%s is %i ms', (value, expected) => {
  expect(readRetryAfterMs(new Headers({ 'retry-after': value }), now)).toBe(expected);
});

test('without the header there is nothing to wait for', () => {
  expect(readRetryAfterMs(new Headers(), now)).toBe(0);
});
