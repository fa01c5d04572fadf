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
  featureNotSupported: '0A000',
  characterNotInRepertoire: '22021',
  inFailedTransaction: '25P02',
  invalidStatementName: '26000',
  insufficientPrivilege: '42501',
  invalidParameterValue: '22023',
  serializationFailure: '40001',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
} as const;

/**
 * Whether it says that the database cannot answer right now, so that the same may succeed later: it is down or being
 * replaced, a lock or a connection was waited for too long, or another transaction was in the way. By SQLSTATE, whichever
 * backend it comes from, and for what fails before there is one by the errors of Node and of pg.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  if (!(error instanceof Error)) return false;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code !== 'string') return lostConnection.test(error.message);
  // Node's codes name a system call that failed, such as ECONNRESET.
  if (/^E(?!RR_)[A-Z_]+$/.test(code)) return true;
  return outageClasses.includes(code.slice(0, 2)) || outageStates.has(code);
}

/** 08 connection exception, 53 insufficient resources, 57 operator intervention, 58 system error. */
const outageClasses: readonly string[] = ['08', '53', '57', '58'];

const outageStates: ReadonlySet<string> = new Set([
  '25006', // read_only_sql_transaction: connected to what is a standby now
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  sqlState.serializationFailure,
  '40003', // statement_completion_unknown
  '40P01', // deadlock_detected
  sqlState.lockNotAvailable,
]);

/** What pg 8.23 says, without a code, of a connection that is gone or does not answer. */
const lostConnection =
  /^(Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed|timeout exp|timeout exceeded)/;
