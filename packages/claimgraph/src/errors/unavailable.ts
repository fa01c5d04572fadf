import { AppError } from './appError.ts';

/** Something that the server needs could not be read: down, slow or exhausted. Trying again may help. */
export abstract class UnavailableError extends AppError<{ readonly retryable: true }> {
  readonly httpStatus = 503;
  override readonly isFailure = true;
  override readonly retryAfterSeconds: number;

  constructor(message: string, { retryAfterSeconds = 1, ...options }: UnavailableOptions = {}) {
    super(message, { ...options, details: { retryable: true } });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface UnavailableOptions extends ErrorOptions {
  /** 1 unless given. */
  readonly retryAfterSeconds?: number;
}

/** The business claims could not be read (down, slow or malformed). Retryable; never an allow and never a denial. */
export class ClaimsUnavailableError extends UnavailableError {
  readonly code = 'CLAIMS_UNAVAILABLE';
  readonly clientMessage = 'Your permissions cannot be looked up right now. Try again.';
}

/** What verifies tokens, the keys or the revocation list, could not be read. Retryable; it says nothing about the token. */
export class AuthenticationUnavailableError extends UnavailableError {
  readonly code = 'AUTHENTICATION_UNAVAILABLE';
  readonly clientMessage = 'Your access token cannot be checked right now. Try again.';
}

/** The data behind a resolver could not be read or written: the store is down, locked or out of connections. */
export class DataUnavailableError extends UnavailableError {
  readonly code = 'DATA_UNAVAILABLE';
  readonly clientMessage = 'The data cannot be reached right now. Try again.';
}

/** The process is stopping and takes no more requests; another one answers. */
export class StoppingError extends UnavailableError {
  readonly code = 'SERVICE_UNAVAILABLE';
  readonly clientMessage = 'The server is stopping. Try again: another one answers.';
}
