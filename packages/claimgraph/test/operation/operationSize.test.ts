import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createOperationMeter, type OperationSize } from '../../src/operation/operationSize.ts';
import { countWalks } from '../support/countWalks.ts';
import { fanOut, nest, repeat } from '../support/hostileDocuments.ts';

describe('the size of an operation', () => {
  test.each<readonly [string, string, number, number, number]>([
    ['counts fields at every level', '{ a b { c d { e } } }', 5, 2, 3],
    ['counts each alias and each repetition', '{ x: a y: a a a }', 4, 4, 1],
    ['counts __typename and introspection', '{ __typename __schema { types { name } } }', 4, 2, 3],
    ['counts what is left out as if it were not', '{ a @skip(if: true) ... @include(if: false) { b } }', 2, 2, 1],
    ['counts a fragment wherever it is spread', '{ ...F a { ...F } } fragment F on T { b { c } }', 5, 2, 3],
    ['gives inline fragments no level of their own', '{ ... { ... on T { a { ... { b } } } } }', 2, 1, 2],
    [
      'multiplies fragments within fragments',
      '{ ...A ...A } fragment A on T { ...B ...B } fragment B on T { b c }',
      8,
      8,
      1,
    ],
    ['takes a fragment that is not there for empty', '{ a ...Nothing }', 1, 1, 1],
    ['goes once around a cycle', '{ ...A } fragment A on T { a { ...B } } fragment B on T { b { ...A } }', 2, 1, 2],
    ['goes once around a fragment that spreads itself', '{ ...A } fragment A on T { a ...A }', 1, 1, 1],
    [
      'is not confused by fragments called like properties',
      '{ ...toString ...__proto__ } fragment toString on T { a }',
      1,
      1,
      1,
    ],
    ['counts a ladder of fields', nest(50), 50, 1, 50],
    ['counts thirty levels that double', fanOut(30), 2 ** 31 + 2 ** 30 - 1, 1, 32],
  ])('%s', (_name, query, fields, rootFields, depth) => {
    expect(sizeOf(query)).toEqual({ fields, rootFields, depth });
  });

  test('is the same whichever definition is measured first', () => {
    const document = parse('query A { ...F } query B { ...F ...F } fragment F on T { a { b } }');
    const [a, b, f] = document.definitions;
    if (!a || !b || !f) throw new TypeError('expected three definitions');
    const forwards = createOperationMeter(document);
    const backwards = createOperationMeter(document);
    const sizes = [f, b, a].map(backwards).toReversed();
    expect([a, b, f].map(forwards)).toEqual(sizes);
    expect(sizes.map(({ fields }) => fields)).toEqual([2, 4, 2]);
  });

  test('ends at the largest safe integer', () => {
    expect(sizeOf(fanOut(30, 10)).fields).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('is measured by reading each selection set once, however often it is spread', () => {
    const document = parse(fanOut(30, 10));
    const [operation] = document.definitions;
    if (!operation) throw new TypeError('expected an operation');
    const { count } = countWalks(document);
    createOperationMeter(document)(operation);
    // The operation has two, each of thirty fragments eleven, and the last has one.
    expect(count()).toBe(2 + 30 * 11 + 1);
  });

  test('does not run out of stack on what the parser lets pass', () => {
    expect(sizeOf(`{ ${repeat(1_600, () => '... {')} a ${'}'.repeat(1_600)} }`)).toEqual({
      fields: 1,
      rootFields: 1,
      depth: 1,
    });
    const chain = repeat(400, (n) => `fragment F${n} on T { a { ...F${n + 1} } }`);
    expect(sizeOf(`{ ...F0 } ${chain} fragment F400 on T { a }`).depth).toBe(401);
  });
});

/** Of the first definition. */
function sizeOf(query: string): OperationSize {
  const document = parse(query, { maxTokens: 5_000 });
  const [first] = document.definitions;
  if (!first) throw new TypeError('expected a definition');
  return createOperationMeter(document)(first);
}
