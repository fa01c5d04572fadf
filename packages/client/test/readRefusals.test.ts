import { describe, expect, test } from 'vitest';
import { readRefusals } from '../src/index.ts';

const error = (code: string, path?: readonly (string | number)[], details: object = {}) => ({
  message: code,
  ...(path && { path }),
  extensions: { code, ...details },
});

const result = {
  data: { company: { boardNotes: null, targetUsd: null, nodes: [{ rating: null }, { rating: 'A' }] }, auditLog: null },
  errors: [
    error('FORBIDDEN', ['company', 'boardNotes']),
    error('CLAIMS_UNAVAILABLE', ['company', 'nodes', 0, 'rating'], { retryable: true }),
    error('INSUFFICIENT_SCOPE', ['auditLog', 'nodes', 0, 'id'], { requiredScopes: ['investments/read'] }),
  ],
};

test('tells what is not there from what may not be read and what could not be told', () => {
  const { why } = readRefusals(result);
  expect(why('company', 'targetUsd')).toBe('none');
  expect(why('company', 'boardNotes')).toBe('mayNot');
  expect(why('company', 'nodes', 0, 'rating')).toBe('tryAgain');
  expect(why('company', 'nodes', 1, 'rating')).toBe('none');
});

test('an error below counts for what is null because of it, and one above for all below', () => {
  const { why, at } = readRefusals(result);
  expect(why('auditLog')).toBe('mayNot');
  expect(at('auditLog')?.requiredScopes).toEqual(['investments/read']);
  expect(why('company', 'boardNotes', 'text')).toBe('mayNot');
});

test('a component reads its own part without knowing where it stands', () => {
  const { why } = readRefusals(result).under('company').under('nodes', 0);
  expect(why('rating')).toBe('tryAgain');
});

test('an index is no name: "0" is not 0', () => {
  expect(readRefusals(result).why('company', 'nodes', '0', 'rating')).toBe('none');
});

test.each([
  ['FORBIDDEN', 'mayNot'],
  ['INSUFFICIENT_SCOPE', 'mayNot'],
  ['UNAUTHENTICATED', 'signIn'],
  ['INSUFFICIENT_USER_AUTHENTICATION', 'signInAgain'],
  ['NOT_FOUND', 'none'],
  ['RATE_LIMITED', 'tryAgain'],
  ['LIMIT_EXCEEDED', 'failed'],
  ['INTERNAL_SERVER_ERROR', 'failed'],
  ['ANYTHING_ELSE', 'failed'],
])('%s of the whole request is %s for every field', (code, absence) => {
  expect(readRefusals({ errors: [error(code)] }).why('company', 'boardNotes')).toBe(absence);
});

describe('takes', () => {
  const errors = [error('FORBIDDEN', ['a'])];

  test.each<readonly [string, unknown]>([
    ['a GraphQL response', { data: { a: null }, errors }],
    ['a result of Apollo Client', { data: { a: null }, error: Object.assign(new Error('refused'), { errors }) }],
    ['a result of urql', { data: { a: null }, error: Object.assign(new Error('refused'), { graphQLErrors: errors }) }],
    ['an error of graphql-request', Object.assign(new Error('refused'), { response: { status: 200, errors } })],
  ])('%s', (_name, given) => {
    expect(readRefusals(given).why('a')).toBe('mayNot');
  });

  test.each<readonly [string, unknown]>([
    ['a failed fetch', new TypeError('Failed to fetch')],
    ['the same in a result', { data: undefined, error: new TypeError('Failed to fetch') }],
    [
      'an error of urql without GraphQL errors',
      { error: Object.assign(new Error('[Network]'), { graphQLErrors: [] }) },
    ],
  ])('%s, of which nothing is known', (_name, given) => {
    expect(readRefusals(given).why('a')).toBe('tryAgain');
  });

  test.each([undefined, null, {}, { data: { a: null } }, { data: undefined, error: null }, { error: undefined }])(
    'no errors: %o',
    (given) => {
      expect(readRefusals(given).why('a')).toBe('none');
    },
  );
});
