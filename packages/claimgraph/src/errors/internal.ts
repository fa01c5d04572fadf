import { AppError } from './appError.ts';

/** Something that should not happen; the client sees an `errorId` that the log carries. */
export class InternalError extends AppError {
  readonly code = 'INTERNAL_SERVER_ERROR';
  readonly httpStatus = 500;
  readonly clientMessage = undefined;
  override readonly isFailure = true;
}
