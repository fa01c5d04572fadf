import { AppError } from './appError.ts';

/** Executing the operation was ended before its time; nothing of its result is given out. What it has written stays written. */
export abstract class ExecutionStoppedError<
  Details extends Readonly<Record<string, unknown>>,
> extends AppError<Details> {}

/** The result grew beyond the limit: `limit` values, fields and items of lists together. */
export class ResultTooLargeError extends ExecutionStoppedError<{ readonly limit: number }> {
  readonly code = 'RESULT_TOO_LARGE';
  readonly httpStatus = 400;
  readonly clientMessage: string;

  constructor(limit: number) {
    super(`the result has more than ${limit} values`, { details: { limit } });
    this.clientMessage = `The result has more than ${limit} values, fields and items of lists together. Ask for fewer.`;
  }
}

/** Executing took longer than the limit. */
export class OperationTimedOutError extends ExecutionStoppedError<{ readonly limitMs: number }> {
  readonly code = 'OPERATION_TIMED_OUT';
  readonly httpStatus = 503;
  readonly clientMessage: string;

  constructor(limitMs: number) {
    super(`the operation took longer than ${limitMs} ms`, { details: { limitMs } });
    this.clientMessage = `The operation took longer than ${limitMs} ms. Ask for less of it at a time.`;
  }
}

/** Whoever asked is gone. The status is that of logs, as nginx writes it: nobody reads the answer. */
export class OperationCancelledError extends ExecutionStoppedError<Readonly<Record<string, never>>> {
  readonly code = 'OPERATION_CANCELLED';
  readonly httpStatus = 499;
  readonly clientMessage = 'The request was cancelled.';
}
