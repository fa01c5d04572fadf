import { AppError, BadUserInputError, RateLimitedError, UnauthenticatedError } from '../../errors.ts';

/** With what a WebSocket is closed: codes of graphql-transport-ws, and of RFC 6455 section 7.4.1. */
export interface Closing {
  readonly code: number;
  /** At most 123 bytes (RFC 6455 section 5.5.1); for programs to read. */
  readonly reason: string;
}

export const closings = {
  goingAway: { code: 1001, reason: 'going-away' },
  tryAgainLater: { code: 1013, reason: 'try-again-later' },
  slowConsumer: { code: 1013, reason: 'slow-consumer' },
  badRequest: { code: 4400, reason: 'bad-request' },
  tokenExpired: { code: 4403, reason: 'token-expired' },
  tokenNotAccepted: { code: 4403, reason: 'token-not-accepted' },
  tooManyConnections: { code: 4429, reason: 'too-many-connections' },
  tooManyMessages: { code: 4429, reason: 'too-many-messages' },
  internalError: { code: 4500, reason: 'internal-error' },
} as const satisfies Record<string, Closing>;

/** What a connection is closed with for this error. */
export function closingOf(error: unknown): Closing {
  if (error instanceof UnauthenticatedError) {
    return error.reason === 'expired' ? closings.tokenExpired : closings.tokenNotAccepted;
  }
  if (error instanceof BadUserInputError) return closings.badRequest;
  if (error instanceof RateLimitedError) return closings.tooManyConnections;
  return error instanceof AppError && error.retryAfterSeconds !== undefined
    ? closings.tryAgainLater
    : closings.internalError;
}
