import { getIntrospectionQuery, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkLimits, defaultLimits } from '../../src/operation/limits.ts';
import { fanOut, nest, repeat } from '../support/hostileDocuments.ts';

const fields = (count: number) => repeat(count, (index) => `a${index}: open`);

describe('the default limits', () => {
  test.each<readonly [string, string, string | undefined]>([
    ['let 100 root fields pass', `{ ${fields(100)} }`, undefined],
    ['refuse 101 root fields', `{ ${fields(101)} }`, 'rootFields: 101 of 100'],
    ['refuse 101 root fields of a subscription', `subscription { ${fields(101)} }`, 'rootFields: 101 of 100'],
    ['let 10 fields of a mutation pass', `mutation { ${fields(10)} }`, undefined],
    ['refuse 11 fields of a mutation', `mutation { ${fields(11)} }`, 'rootFields: 11 of 10'],
    [
      'refuse a field of a mutation that is repeated',
      `mutation { ${repeat(11, () => 'open')} }`,
      'rootFields: 11 of 10',
    ],
    [
      'refuse root fields that hide in fragments',
      `mutation { ...F ...F } fragment F on M { ${fields(6)} }`,
      'rootFields: 12 of 10',
    ],
    ['let 2,000 fields pass', `{ self { ${repeat(1_999, () => 'open')} } }`, undefined],
    [
      'refuse 2,001 fields',
      `{ self { ...F ...F } } fragment F on Q { ${repeat(1_000, () => 'open')} }`,
      'fields: 2001 of 2000',
    ],
    [
      'refuse 2,001 fields of introspection',
      `{ __schema { ${repeat(1_000, () => '...F')} } } fragment F on S { a { b } }`,
      'fields: 2001 of 2000',
    ],
    ['let 20 levels pass', nest(20), undefined],
    ['refuse 21 levels', nest(21), 'depth: 21 of 20'],
    ['refuse fragments that fan out', fanOut(30), 'fields: 3221225471 of 2000'],
    [
      'refuse whichever operation is too large',
      `query A { open } query B { ${fields(101)} }`,
      'rootFields: 101 of 100',
    ],
    [
      'refuse a fragment that nothing spreads',
      `{ open } fragment F on Q { ${repeat(40, () => '...G')} } fragment G on Q { ${fields(51)} }`,
      'fields: 2040 of 2000',
    ],
    ['let what is no operation pass', 'type Query { a: String }', undefined],
  ])('%s', (_name, query, expected) => {
    const excess = checkLimits(parse(query, { maxTokens: 5_000 }), defaultLimits)?.details;
    expect(excess && `${excess.counted}: ${excess.cost} of ${excess.limit}`).toBe(expected);
  });

  // What GraphiQL, Altair, Apollo Sandbox and code generators send: graphql-js's query with some of its options.
  test.each([
    {},
    { descriptions: false },
    {
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    },
  ])('let the introspection query of the usual tools pass: %o', (options) => {
    expect(checkLimits(parse(getIntrospectionQuery(options)), defaultLimits)).toBeUndefined();
  });
});

test('limits are what they are set to', () => {
  const limits = { ...defaultLimits, maxFields: 3, maxRootFields: 2, maxMutationRootFields: 1, maxDepth: 2 };
  const excessOf = (query: string) => checkLimits(parse(query), limits)?.details?.counted;
  expect(['{ a b }', '{ a { b c } }', 'mutation { a { b c } }'].map(excessOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(['{ a { b c d } }', '{ a b c }', '{ a { b { c } } }', 'mutation { a b }'].map(excessOf)).toEqual([
    'fields',
    'rootFields',
    'depth',
    'rootFields',
  ]);
});

describe('tokens', () => {
  const excessOf = (query: string, maxDocumentTokens: number, noLocation = false) =>
    checkLimits(parse(query, { noLocation }), { ...defaultLimits, maxDocumentTokens })?.details;

  test('are counted as graphql-js counts them, and no comments', () => {
    const query = '{ a(of: [1, 2.5, "x"]) # neither { this } nor that\n }';
    expect(() => parse(query, { maxTokens: 11 })).toThrow(/tokens/);
    expect(() => parse(query, { maxTokens: 12 })).not.toThrow();
    expect(excessOf(query, 11)).toEqual({ counted: 'tokens', cost: 12, limit: 11 });
    expect(excessOf(query, 12)).toBeUndefined();
    expect(excessOf(`{ ${fields(1_667)} }`, defaultLimits.maxDocumentTokens)?.counted).toBe('tokens');
  });

  test('are counted without their punctuation where the host notes no locations', () => {
    const query = '{ a(of: [1, 2.5, "x"]) }';
    expect(excessOf(query, 4, true)).toEqual({ counted: 'tokens', cost: 5, limit: 4 });
    expect(excessOf(query, 5, true)).toBeUndefined();
  });
});
