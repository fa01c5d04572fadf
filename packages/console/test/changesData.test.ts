import { expect, test } from 'vitest';
import { changesData } from '../app/src/changesData.ts';

// A mutation is not sent again because somebody else is looked at.
test.each([
  ['mutation { a }', true],
  ['query Q { a },mutation M { b }', true],
  ['fragment F on A { b } mutation M { b }', true],
  ['# mutation\nquery Q { mutation }', false],
  ['"""mutation""" { a }', false],
  ['subscription { a }', false],
  ['mutation {', false],
])('%s changes data: %s', (document, does) => {
  expect(changesData(document)).toBe(does);
});
