import {
  CognitoJwtInvalidTokenUseError,
  FetchError,
  JwkInvalidKtyError,
  JwkInvalidUseError,
  JwksNotAvailableInCacheError,
  JwksValidationError,
  JwkValidationError,
  JwtExpiredError,
  JwtInvalidClaimError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtParseError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
  ParameterValidationError,
  WaitPeriodNotYetEndedJwkError,
} from 'aws-jwt-verify/error';
import { AppError, AuthenticationUnavailableError, InternalError, UnauthenticatedError } from '../errors.ts';

/** The token says something that we do not accept. `message` and `caller` are for the log, `hint` for the client. */
export function invalidToken(
  message: string,
  options: ConstructorParameters<typeof UnauthenticatedError>[2] = {},
): UnauthenticatedError {
  return new UnauthenticatedError('invalid', message, options);
}

/** The token was ours and its time is over. */
export function expiredToken(options: ErrorOptions = {}): UnauthenticatedError {
  const hint = 'the access token expired; refresh it';
  return new UnauthenticatedError('expired', 'the token is past its "exp"', { ...options, hint });
}

/** By class, because every error of aws-jwt-verify is named "Error". */
const keyErrors = [
  FetchError,
  JwksValidationError,
  JwkValidationError,
  JwkInvalidUseError,
  JwkInvalidKtyError,
  JwksNotAvailableInCacheError,
  WaitPeriodNotYetEndedJwkError,
];

const tokenErrors = [
  JwtParseError,
  JwtInvalidSignatureError,
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidClaimError,
  JwtWithoutValidKidError,
  KidNotFoundInJwksError,
  // An `iss` that is not configured.
  ParameterValidationError,
];

/** What a failure to verify a token means to the caller: their token, our keys, or a fault of ours. */
export function toTokenError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof JwtExpiredError) return expiredToken({ cause: error });
  if (error instanceof CognitoJwtInvalidTokenUseError && error.failedAssertion.actual === 'id') {
    // Claims are checked after the signature, so this tells nobody else anything.
    const hint = 'this is an ID token; send the access token';
    return invalidToken('an ID token was sent where an access token is expected', { cause: error, hint });
  }
  if (tokenErrors.some((errorClass) => error instanceof errorClass)) {
    return invalidToken(`the token was refused by aws-jwt-verify: ${classOf(error)}`, { cause: error });
  }
  if (keyErrors.some((errorClass) => error instanceof errorClass)) {
    const options = { cause: error, retryAfterSeconds: 1 };
    return new AuthenticationUnavailableError(
      `the keys could not be used by aws-jwt-verify: ${classOf(error)}`,
      options,
    );
  }
  return new InternalError('verifying a token failed for no reason of the token or its keys', { cause: error });
}

/** Its message may repeat what the token says, so the log gets no more than this. */
function classOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}
