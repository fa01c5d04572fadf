/**
 * A statement that the embedded database refused, or could not run. `code` is PostgreSQL's SQLSTATE, at the same place
 * where pg's DatabaseError has it, so that callers need not know the backend.
 */
export class SqlError extends Error {
  readonly code: string;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;

  constructor(code: string, message: string, options: SqlErrorOptions = {}) {
    super(message, options);
    this.name = 'SqlError';
    this.code = code;
    this.constraint = options.constraint;
    this.detail = options.detail;
  }
}

interface SqlErrorOptions extends ErrorOptions {
  readonly constraint?: string | undefined;
  readonly detail?: string | undefined;
}

/** The SQLSTATEs that this project raises or tells apart (PostgreSQL manual, appendix A). */
export const sqlState = {
  connectionFailure: '08006',
  characterNotInRepertoire: '22021',
  inFailedTransaction: '25P02',
  insufficientPrivilege: '42501',
  invalidParameterValue: '22023',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
} as const;
