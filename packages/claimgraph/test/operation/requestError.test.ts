import { expect, test } from 'vitest';
import {
  type AppError,
  ClaimsUnavailableError,
  ForbiddenError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  InternalError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { errorOfRequest } from '../../src/operation/requestError.ts';

const forbidden = new ForbiddenError('is a manager');
const scope = new InsufficientScopeError(['depot/read', 'depot/audit']);
const otherScope = new InsufficientScopeError(['depot/write', 'depot/read']);
const oldSignIn = new InsufficientUserAuthenticationError(300);
const noToken = new UnauthenticatedError('missing', 'no token');

// Each speaks for those after it, in whatever order they were met.
test.each<readonly [string, readonly AppError[]]>([
  ['an outage', [new ClaimsUnavailableError('down'), noToken, oldSignIn, scope, forbidden]],
  ['a defect of ours', [new InternalError('broken'), noToken, scope, forbidden]],
  ['a missing token', [noToken, oldSignIn, scope, forbidden]],
  ['a sign-in that is too old', [oldSignIn, scope, forbidden]],
  ['a missing scope', [scope, forbidden]],
])('%s speaks for a request before what is less urgent', (_what, errors) => {
  const { code } = errors[0] ?? forbidden;
  expect(errorOfRequest(errors).code).toBe(code);
  expect(errorOfRequest(errors.toReversed()).code).toBe(code);
});

test('of missing scopes all are named, each once', () => {
  expect(errorOfRequest([forbidden, scope, otherScope])).toMatchObject({
    requiredScopes: ['depot/read', 'depot/audit', 'depot/write'],
  });
});
