import { AppError } from './appError.ts';

/** A claims, arguments or row rule said no. `rule` is for the log; the client gets no reason. */
export class ForbiddenError extends AppError {
  readonly code = 'FORBIDDEN';
  readonly httpStatus = 403;
  readonly clientMessage: string = 'You may not do this.';
  readonly rule: string;

  constructor(rule: string, options?: ErrorOptions) {
    super(`denied by rule: ${rule}`, options);
    this.rule = rule;
  }
}

/** A denial that tells the client why: `clientMessage` was written for the client, by the rule's author. */
export class ExplainedForbiddenError extends ForbiddenError {
  override readonly clientMessage: string;
  override readonly actionability = 1;

  constructor(rule: string, clientMessage: string, options?: ErrorOptions) {
    super(rule, options);
    this.clientMessage = clientMessage;
  }
}

/** A refusal of what an argument uses: the same answer, with the place of the argument for the client. */
export class RefusedArgumentError extends AppError {
  readonly code: string;
  readonly httpStatus: number;
  readonly clientMessage: string | undefined;
  override readonly isFailure: boolean;
  override readonly actionability: number;

  /** `argument` is the place as a client writes it: `input.lines.0.price`. */
  constructor(refusal: AppError, argument: string) {
    const { message, details, retryAfterSeconds, challenge } = refusal;
    super(`argument ${argument}: ${message}`, {
      cause: refusal,
      details: { ...details, argument },
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(challenge && { challenge }),
    });
    this.code = refusal.code;
    this.httpStatus = refusal.httpStatus;
    this.clientMessage = refusal.clientMessage;
    this.isFailure = refusal.isFailure;
    this.actionability = refusal.actionability;
  }
}

/** Absent, or present but outside the caller's rows: the same answer for both. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND';
  readonly httpStatus = 200;
  readonly clientMessage = 'There is no such object.';
}
