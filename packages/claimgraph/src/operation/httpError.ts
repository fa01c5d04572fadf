import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { AppError, ErrorCode } from '../errors.ts';
import { toChallenge } from '../token/challenge.ts';

/** The HTTP status of a request that fails as a whole with this code. A field error never sets one. */
const statusOf: Readonly<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  INSUFFICIENT_USER_AUTHENTICATION: 401,
  INSUFFICIENT_SCOPE: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 200,
  LIMIT_EXCEEDED: 200,
  BAD_USER_INPUT: 400,
  OPERATION_TOO_COMPLEX: 400,
  CLAIMS_UNAVAILABLE: 503,
  AUTHENTICATION_UNAVAILABLE: 503,
  INTERNAL_SERVER_ERROR: 500,
};

/** Status and headers for a request that fails as a whole: WWW-Authenticate (RFC 6750 section 3) or Retry-After. */
export function toHttpHead(error: AppError): { readonly status: number; readonly headers: HeaderMap } {
  const headers = new HeaderMap();
  const challenge = toChallenge(error);
  if (challenge !== undefined) headers.set('www-authenticate', challenge);
  if ('retryAfterSeconds' in error) headers.set('retry-after', String(error.retryAfterSeconds));
  return { status: statusOf[error.code], headers };
}

/**
 * An error that fails the whole request, as Apollo Server wants it thrown: with the HTTP head in its extensions. Never
 * throw one from a resolver: it would set the status of the whole response.
 */
export function toRequestError(error: AppError): GraphQLError {
  return new GraphQLError(error.code, {
    originalError: error,
    extensions: { code: error.code, http: toHttpHead(error) },
  });
}
