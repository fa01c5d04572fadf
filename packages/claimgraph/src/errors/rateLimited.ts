import { AppError } from './appError.ts';

/** The caller has as much as one may have at a time, or asks too often. Later there is room again. */
export class RateLimitedError extends AppError<{ readonly retryable: true }> {
  readonly code = 'RATE_LIMITED';
  readonly httpStatus = 429;
  readonly clientMessage = 'There are too many of these at once. Try again later, or end some.';
  override readonly retryAfterSeconds: number;

  constructor(message: string, { retryAfterSeconds = 1 }: { readonly retryAfterSeconds?: number } = {}) {
    super(message, { details: { retryable: true } });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
