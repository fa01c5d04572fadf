import { GraphQLScalarType, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';
import { compileOperation } from '../../src/execute/compileOperation.ts';
import { executeCompiled } from '../../src/execute/executeCompiled.ts';
import { stringifyResult, trackResult } from '../../src/execute/stringifyResult.ts';
import { publicField } from '../../src/rules/index.ts';
import { authorize, guard } from '../support/guardedExecution.ts';

let value: unknown;

const guarded = guard(
  /* GraphQL */ `
    scalar Anything
    enum Size { SMALL }
    interface Named { name: String }
    type Query implements Named {
      text: String texts: [[String]] float: Float int: Int is: Boolean id: ID size: Size anything: Anything self: Query name: String
      named: Named selves: [Query]
    }
  `,
  { '*': publicField('is a test') },
  {
    Query: {
      self: () => ({ text: value, anything: value, self: null }),
      selves: () => [{ text: value }, null],
      named: () => ({ __typename: 'Query', name: value }),
    },
    Anything: new GraphQLScalarType({ name: 'Anything' }),
  },
);

const texts = [
  ['a short text', 'short'],
  ['an empty text', ''],
  ['quotes and backslashes', 'a "b" \\ c'],
  ['control characters', '\u0000\b\t\n\f\r\u001f\u007f'],
  ['separators of lines', '\u2028\u2029'],
  ['a pair of surrogates', 'a 😀 b'],
  ['half a pair', 'a \ud83d b \ude00'],
  ['a long text', 'long "text" \n'.repeat(50)],
] as const;

/** What the writer makes of a query's data, and whether it was written by its shape. */
async function write(query: string) {
  const document = parse(query);
  const operation = getOperationAST(document);
  const compiled = operation && compileOperation({ ...guarded, document, operation, variables: {} });
  if (!compiled) throw new TypeError('expected it to be compiled');
  const { data } = await executeCompiled(compiled, {
    variables: {},
    context: { authorization: authorize().authorization },
  });
  if (!data) throw new TypeError('expected data');
  trackResult(data, compiled);
  return { data, stringifyResult };
}

test.each(texts)('%s is written as JSON.stringify writes it', async (_name, text) => {
  value = text;
  const { data, stringifyResult } = await write(
    '{ self { text texts anything self { text } } selves { text } named { name } }',
  );
  expect(data).toMatchObject({ self: { text }, named: { name: text } });
  expect(stringifyResult({ data })).toBe(`${JSON.stringify({ data })}\n`);
});

test.each([
  ['an object', { a: [1, { b: null }] }],
  ['a Date', new Date(0)],
  ['what has a toJSON of its own', { toJSON: (key: string) => `of ${key}` }],
  ['a function, which JSON leaves out', () => 1],
  ['a symbol, which JSON leaves out', Symbol('none')],
  ['not a number', Number.NaN],
  ['no end', Number.POSITIVE_INFINITY],
  ['less than nothing', -0],
  ['a large number', 1e300],
  ['a small one', 1e-7],
  ['a Boolean', false],
])('%s, from a scalar of the schema: the same', async (_name, given) => {
  value = given;
  const { data, stringifyResult } = await write('{ self { anything } }');
  for (const _again of [1, 2]) expect(stringifyResult({ data })).toBe(`${JSON.stringify({ data })}\n`);
});

test('what JSON has no form for throws, as with JSON.stringify', async () => {
  value = 1n;
  const { data, stringifyResult } = await write('{ self { anything } }');
  expect(() => stringifyResult({ data })).toThrow(TypeError);
});

test('errors come first, and data that was changed afterwards is written as it is then', async () => {
  value = 'v';
  const { data, stringifyResult } = await write('{ selves { text } self { text } }');
  const errors = [{ message: 'no', path: ['selves'] }];
  data.self = null;
  if (Array.isArray(data.selves)) data.selves.length = 1;
  expect(stringifyResult({ errors, data })).toBe(
    '{"errors":[{"message":"no","path":["selves"]}],"data":{"selves":[{"text":"v"}],"self":null}}\n',
  );
  expect(stringifyResult({ errors: undefined, data, extensions: undefined })).toBe(`${JSON.stringify({ data })}\n`);
  expect(stringifyResult({ data, extensions: { a: 1 } })).toBe(`${JSON.stringify({ data, extensions: { a: 1 } })}\n`);
  expect(stringifyResult({ errors })).toBe(`${JSON.stringify({ errors })}\n`);
});
