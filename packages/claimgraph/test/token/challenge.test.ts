import { expect, test } from 'vitest';
import {
  AuthenticationUnavailableError,
  ForbiddenError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { toChallenge } from '../../src/token/challenge.ts';

test.each([
  ['no token gets no error code', new UnauthenticatedError('missing', 'log'), 'Bearer realm="claimgraph"'],
  [
    'an expired token is named expired',
    new UnauthenticatedError('expired', 'log'),
    'Bearer realm="claimgraph", error="invalid_token", error_description="the access token expired; refresh it"',
  ],
  [
    'a bad token is told nothing of the log message',
    new UnauthenticatedError('invalid', 'the log only'),
    'Bearer realm="claimgraph", error="invalid_token", error_description="the access token was not accepted"',
  ],
  [
    'a hint replaces the description',
    new UnauthenticatedError('invalid', 'log', { hint: 'this is an ID token; send the access token' }),
    'Bearer realm="claimgraph", error="invalid_token", error_description="this is an ID token; send the access token"',
  ],
  [
    'missing scopes are listed',
    new InsufficientScopeError(['investments/read', 'investments/pii']),
    'Bearer realm="claimgraph", error="insufficient_scope", error_description="the access token lacks a scope that this needs", scope="investments/read investments/pii"',
  ],
  [
    'an old sign-in is told how old it may be',
    new InsufficientUserAuthenticationError(300),
    'Bearer realm="claimgraph", error="insufficient_user_authentication", error_description="this needs a more recent sign-in", max_age="300"',
  ],
  [
    'characters that a quoted attribute cannot hold cannot break out of it',
    new InsufficientScopeError(['a"b', 'c\\d', 'e\r\nX-Header: f', 'é']),
    'Bearer realm="claimgraph", error="insufficient_scope", error_description="the access token lacks a scope that this needs", scope="a?b c?d e??X-Header: f ?"',
  ],
  ['an error that no other token cures has none', new ForbiddenError('is an admin'), undefined],
  ['keys that are unavailable have none', new AuthenticationUnavailableError('', { retryAfterSeconds: 1 }), undefined],
])('%s', (_, error, expected) => {
  expect(toChallenge(error)).toBe(expected);
});
