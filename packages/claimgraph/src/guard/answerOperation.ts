import type { ExecutionResult } from 'graphql';
import { AppError } from '../errors.ts';
import type { FormatError } from '../operation/formatError.ts';
import { toHttpHead } from '../operation/httpError.ts';
import type { CallerOptions } from './caller.ts';
import type { RefusedResponse, Session, SessionContext, SessionRequest } from './session.ts';

/** An operation of a valid document, and who sent it. */
export interface AnswerRequest extends SessionRequest {
  /** Every Authorization header of the request: `request.headersDistinct.authorization` in Node, `[]` when there is none. */
  readonly authorizationHeaders: readonly string[];
}

/** What a client is answered. `body` is to be sent as JSON. */
export interface OperationResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RefusedResponse['body'] | ExecutionResult;
}

/** What is used of a guard. */
interface AnsweringGuard {
  readonly authenticate: <C>(callers: CallerOptions<C>, headers: readonly string[]) => Promise<Session<C>>;
  readonly formatError: FormatError;
}

/** See `Guard.answer`. */
export async function answerOperation<C>(
  { authenticate, formatError }: AnsweringGuard,
  callers: CallerOptions<C>,
  { authorizationHeaders, ...request }: AnswerRequest,
  execute: (contextValue: SessionContext<C>) => ExecutionResult | Promise<ExecutionResult>,
): Promise<OperationResponse> {
  try {
    const session = await authenticate<C>(callers, authorizationHeaders);
    const start = await session.begin(request);
    if (start.refused) return start.response;
    const body = session.finish(await execute(session.context()));
    const { status = 200, headers = new Map<string, string>() } = session.httpHead() ?? {};
    return { status, headers: Object.fromEntries(headers), body };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { status, headers } = toHttpHead(error);
    const errors = [formatError({ message: error.code }, error)];
    return { status, headers: Object.fromEntries(headers), body: { errors } };
  }
}
