import * as library from 'aws-jwt-verify/error';
import { describe, expect, test } from 'vitest';
import {
  AuthenticationUnavailableError,
  InternalError,
  NotFoundError,
  UnauthenticatedError,
} from '../../src/errors.ts';
import { toTokenError } from '../../src/token/tokenError.ts';

const idTokenUse = new library.CognitoJwtInvalidTokenUseError('Token use not allowed: id', 'id', 'access');
const otherTokenUse = new library.CognitoJwtInvalidTokenUseError('Missing Token use', undefined, 'access');

describe('toTokenError', () => {
  test('leaves an error of ours as it is', () => {
    const error = new NotFoundError('ours');

    expect(toTokenError(error)).toBe(error);
  });

  test.each<[string, Error, 'expired' | 'invalid', string | undefined]>([
    [
      'JwtExpiredError',
      new library.JwtExpiredError('x', 'actual', 'expected'),
      'expired',
      'the access token expired; refresh it',
    ],
    ['token use id', idTokenUse, 'invalid', 'this is an ID token; send the access token'],
    ['another token use', otherTokenUse, 'invalid', undefined],
    [
      'CognitoJwtInvalidClientIdError',
      new library.CognitoJwtInvalidClientIdError('x', 'actual', 'expected'),
      'invalid',
      undefined,
    ],
    ['JwtInvalidIssuerError', new library.JwtInvalidIssuerError('x', 'actual', 'expected'), 'invalid', undefined],
    ['JwtNotBeforeError', new library.JwtNotBeforeError('x', 'actual', 'expected'), 'invalid', undefined],
    ['JwtParseError', new library.JwtParseError('x'), 'invalid', undefined],
    ['JwtInvalidSignatureError', new library.JwtInvalidSignatureError('x'), 'invalid', undefined],
    [
      'JwtInvalidSignatureAlgorithmError',
      new library.JwtInvalidSignatureAlgorithmError('x', 'actual', 'expected'),
      'invalid',
      undefined,
    ],
    ['JwtWithoutValidKidError', new library.JwtWithoutValidKidError('x'), 'invalid', undefined],
    ['KidNotFoundInJwksError', new library.KidNotFoundInJwksError('x'), 'invalid', undefined],
    ['ParameterValidationError', new library.ParameterValidationError('x'), 'invalid', undefined],
  ])('%s is the fault of the token', (_, cause, reason, hint) => {
    const error = toTokenError(cause);

    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({ reason, hint, cause });
  });

  test.each<[string, Error]>([
    ['FetchError', new library.FetchError('uri', 'x')],
    ['NonRetryableFetchError', new library.NonRetryableFetchError('uri', 'x')],
    ['JwksValidationError', new library.JwksValidationError('x')],
    ['JwkValidationError', new library.JwkValidationError('x')],
    ['JwkInvalidUseError', new library.JwkInvalidUseError('x', 'actual', 'expected')],
    ['JwkInvalidKtyError', new library.JwkInvalidKtyError('x', 'actual', 'expected')],
    ['JwksNotAvailableInCacheError', new library.JwksNotAvailableInCacheError('x')],
    ['WaitPeriodNotYetEndedJwkError', new library.WaitPeriodNotYetEndedJwkError('x')],
  ])('%s says nothing about the token', (_, cause) => {
    const error = toTokenError(cause);

    expect(error).toBeInstanceOf(AuthenticationUnavailableError);
    expect(error).toMatchObject({ retryAfterSeconds: 1, cause });
  });

  test.each<[string, unknown]>([
    ['a fault of ours', new TypeError('x is not a function')],
    ['an error of the library about something else', new library.NotSupportedError('x')],
    ['what is no error', 'thrown'],
    ['nothing', undefined],
  ])('%s is internal', (_, cause) => {
    const error = toTokenError(cause);

    expect(error).toBeInstanceOf(InternalError);
    expect(error.cause).toBe(cause);
  });
});
