/** Typed facts about an error that the client reads in `errors[].extensions` beside the code. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The root of every failure that has an answer of its own. The class carries the whole answer: formatting, the HTTP head
 * and the choice among several refusals read these members and know no class. `message` is written for the log.
 *
 * A code of your own is a class of your own:
 *
 *     class QuotaUsedUpError extends AppError<{ readonly resetsAt: string }> {
 *       readonly code = 'QUOTA_USED_UP';
 *       readonly httpStatus = 429;
 *       readonly clientMessage = 'Your quota of today is used up.';
 *     }
 */
export abstract class AppError<Details extends ErrorDetails = ErrorDetails> extends Error {
  /** What the client reads in `extensions.code`, and acts upon. */
  abstract readonly code: string;

  /** The status of a response that fails as a whole with this error. An error of one field never sets a status. */
  abstract readonly httpStatus: number;

  /** What the client reads. Undefined for what is masked: the client then reads an `errorId` that the log has too. */
  abstract readonly clientMessage: string | undefined;

  /** Shown to the client, so it must hold nothing that the client may not know. */
  readonly details: Details | undefined;

  /** Whole seconds for the header Retry-After of a response that fails as a whole. */
  readonly retryAfterSeconds: number | undefined;

  /** Attributes of a `WWW-Authenticate: Bearer` header (RFC 6750 section 3), where other credentials would help. */
  readonly challenge: Readonly<Record<string, string>> | undefined;

  /**
   * Whether it speaks of the server and not of the caller: something could not be read, or is broken. As the answer of a
   * rule it is then neither an allow nor a denial, and among several errors it speaks for the request.
   */
  readonly isFailure: boolean = false;

  /** Of several denials the one that the caller can do most about is told; this is how much, from 0, nothing. */
  readonly actionability: number = 0;

  constructor(message: string, options: AppErrorOptions<Details> = {}) {
    super(message, options);
    this.name = new.target.name;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.challenge = options.challenge;
  }
}

export interface AppErrorOptions<Details extends ErrorDetails = ErrorDetails> extends ErrorOptions {
  readonly details?: Details;
  readonly retryAfterSeconds?: number;
  readonly challenge?: Readonly<Record<string, string>>;
}
