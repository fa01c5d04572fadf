import { expect, test } from 'vitest';
import { parsePrincipal } from '../../src/token/parsePrincipal.ts';
import {
  cognitoUserPool,
  findUserPoolProblems,
  InvalidUserPoolError,
  type UserPool,
} from '../../src/token/userPool.ts';

const settings = {
  region: 'eu-west-1',
  userPoolId: 'eu-west-1_a',
  userClientIds: ['spa', 'app', 'constructor'],
  machineClientIds: [],
};
const claims = {
  ...{ token_use: 'access', sub: 'ann', username: 'ann', auth_time: 100, iat: 100, exp: 200 },
  ...{ client_id: 'spa', scope: 'aws.cognito.signin.user.admin' },
};
const principalOf = (impliedScopes: UserPool['impliedScopes'], change = {}) =>
  parsePrincipal(
    { ...claims, ...change },
    {
      pool: cognitoUserPool({ ...settings, ...(impliedScopes && { impliedScopes }) }),
      graceSeconds: 0,
      maxLifetimeSeconds: 3600,
      nowSeconds: 150,
    },
  );

test.each<[string, UserPool['impliedScopes'], object, readonly string[], readonly string[] | undefined]>([
  ['none are named', undefined, {}, [claims.scope], undefined],
  ['another client is named', { app: ['a'] }, {}, [claims.scope], undefined],
  ['the client is named', { spa: ['a', 'b'] }, {}, [claims.scope, 'a', 'b'], ['a', 'b']],
  ['the token has some itself', { spa: ['a', 'b'] }, { scope: 'b c' }, ['b', 'c', 'a'], ['a']],
  ['the token has all itself', { spa: ['a'] }, { scope: 'a' }, ['a'], undefined],
  ['the token has none', { spa: ['a'] }, { scope: undefined }, ['a'], ['a']],
  [
    'the client is called as a member of all objects is',
    { spa: ['a'] },
    { client_id: 'constructor' },
    [claims.scope],
    undefined,
  ],
])('when %s', (_, implied, change, scopes, impliedScopes) => {
  const principal = principalOf(implied, change);
  expect([...principal.scopes]).toEqual(scopes);
  expect(principal.impliedScopes && [...principal.impliedScopes]).toEqual(impliedScopes);
});

test.each([
  ['a client that is none of the pool', { other: ['a'] }],
  ['no scope', { spa: [] }],
  ['a scope with a space', { spa: ['a b'] }],
  ['a text', JSON.parse('{"spa":"a"}')],
])('%s is refused', (_, impliedScopes) => {
  expect(() => cognitoUserPool({ ...settings, impliedScopes })).toThrow(InvalidUserPoolError);
  const pool = { ...cognitoUserPool(settings), impliedScopes };
  expect(findUserPoolProblems(pool).map((problem) => problem.split(':')[0])).toEqual(['impliedScopes']);
});
