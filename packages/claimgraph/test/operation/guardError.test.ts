import { inspect } from 'node:util';
import { execute, GraphQLError, parse } from 'graphql';
import { expect, test } from 'vitest';
import {
  ClaimsUnavailableError,
  ForbiddenError,
  InsufficientScopeError,
  InternalError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { causeOf, toGuardError } from '../../src/operation/guardError.ts';
import { requireClaims, requireScope } from '../../src/rules/index.ts';
import { clerk, userWith } from '../support/callers.ts';
import { authorize, guard } from '../support/guardedExecution.ts';

const rule = 'is on the secret list of the board';
const isListed = requireClaims(rule, () => false);
const guarded = guard('type Query { margin: Int open: [Int!] }', {
  Query: { margin: isListed, open: requireScope('orders/read') },
});

test.each([
  ['a denial', new ForbiddenError(rule), { code: 'FORBIDDEN' }],
  ['a missing scope', new InsufficientScopeError(['a/b']), { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['a/b'] }],
  ['no token', new UnauthenticatedError('missing', rule), { code: 'UNAUTHENTICATED', reason: 'missing' }],
  ['an outage', new ClaimsUnavailableError(rule), { code: 'CLAIMS_UNAVAILABLE', retryable: true }],
  ['a failure of ours', new InternalError(rule), { code: 'INTERNAL_SERVER_ERROR' }],
])('%s, as it is thrown, has its code and nothing of what the log is told', (_name, error, extensions) => {
  const thrown = toGuardError(error);
  expect(thrown).toBeInstanceOf(GraphQLError);
  expect(thrown.extensions).toEqual(extensions);
  expect(JSON.stringify([thrown, thrown.message, thrown.stack, thrown.originalError])).not.toContain(rule);
  expect(causeOf(thrown)).toBe(error);
});

test('a host of another kind sends neither rule nor stack, whatever it takes from the error', async () => {
  const { authorization } = authorize(userWith('orders/read'), clerk);
  await authorization.loadClaims(guarded.plans.values());
  const result = await execute({
    schema: guarded.schema,
    document: parse('{ margin }'),
    contextValue: { authorization },
  });
  const [error] = result.errors ?? [];
  if (!error) throw new TypeError('expected the refusal');
  const sent = [error, error.toJSON(), error.message, error.stack, error.originalError, error.originalError?.stack];
  expect(sent.map((one) => JSON.stringify(one)).join()).not.toContain(rule);
  expect(error.stack).not.toMatch(/\n\s+at /);
  expect(error.originalError?.stack).not.toMatch(/\n\s+at /);
  expect(error.extensions).toEqual({ code: 'FORBIDDEN' });
  // Whoever logs the error itself finds out why.
  expect(inspect(causeOf(error))).toContain(rule);
});

test('what a host adds to the extensions of one error is not seen on the next of the same rule', async () => {
  const refuse = async () => {
    const contextValue = authorize(userWith());
    const { errors } = await execute({ schema: guarded.schema, document: parse('{ open }'), contextValue });
    const [error] = errors ?? [];
    if (!error) throw new TypeError('expected the refusal');
    return error;
  };
  const first = await refuse();
  first.extensions.traceId = 'of the first request';
  expect((await refuse()).extensions).toEqual({ code: 'INSUFFICIENT_SCOPE', requiredScopes: ['orders/read'] });
});
