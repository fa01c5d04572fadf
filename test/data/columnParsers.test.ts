import { describe, expect, test } from 'vitest';
import { parseInt8, parseTimestamptz } from '../../src/data/columnParsers.ts';

describe('bigint', () => {
  test.each([
    ['0', 0],
    ['-1', -1],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
  ])('%s is a number', (text, value) => {
    expect(parseInt8(text)).toBe(value);
  });

  test.each(['9007199254740992', '-9007199254740992', '9223372036854775807'])('%s is refused', (text) => {
    expect(() => parseInt8(text)).toThrow(RangeError);
  });
});

describe('timestamptz', () => {
  test.each([
    ['2026-01-05 09:00:00+00', '2026-01-05T09:00:00.000Z'],
    ['2026-01-05 09:00:00.5+00', '2026-01-05T09:00:00.500Z'],
    ['2026-01-05 09:00:00.123456+00', '2026-01-05T09:00:00.123Z'],
    ['2026-01-05 14:30:00+05:30', '2026-01-05T09:00:00.000Z'],
    ['2026-01-04 23:00:00-10', '2026-01-05T09:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTimestamptz(text).toISOString()).toBe(iso);
  });

  test.each([
    'infinity',
    '-infinity',
    '0044-03-15 12:00:00+00 BC',
    '12026-01-05 09:00:00+00',
    '05/01/2026 09:00:00 UTC',
    '',
  ])('%j is refused', (text) => {
    expect(() => parseTimestamptz(text)).toThrow(RangeError);
  });
});
