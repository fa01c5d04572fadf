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

/** Absent, or present but outside the caller's rows: the same answer for both. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND';
  readonly httpStatus = 200;
  readonly clientMessage = 'There is no such object.';
}
