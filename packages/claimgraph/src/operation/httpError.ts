import type { GraphQLError } from 'graphql';
import type { AppError } from '../errors.ts';
import { toChallenge } from '../token/challenge.ts';
import { GuardError } from './guardError.ts';

/** Status and headers, by lower-case name, of a response that fails as a whole. */
export interface HttpHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** The head that goes with an error: its status, WWW-Authenticate (RFC 6750 section 3) and Retry-After. */
export function toHttpHead(error: AppError): HttpHead {
  const headers = new Map<string, string>();
  const challenge = toChallenge(error);
  if (challenge !== undefined) headers.set('www-authenticate', challenge);
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  return { status: error.httpStatus, headers };
}

/**
 * An error that fails the whole request, as Apollo Server wants it thrown: with the HTTP head in its extensions. Never
 * throw one from a resolver: it would set the status of the whole response.
 */
export function toRequestError(error: AppError): GraphQLError {
  return new GuardError(error, { http: toHttpHead(error) });
}
