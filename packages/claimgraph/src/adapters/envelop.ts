/** For Yoga, and other hosts of Envelop. */

import type { Plugin } from '@envelop/core';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { AppError, InternalError } from '../errors.ts';
import { type CallerOptions, callerKinds } from '../guard/caller.ts';
import type { Guard } from '../guard/createGuard.ts';
import type { GuardSession } from '../guard/guardSession.ts';
import type { ClaimsOfGroups, RefusedResponse, Session, SessionContext, SessionRequest } from '../guard/session.ts';
import { toHttpHead } from '../operation/httpError.ts';
import { aFunction, type OptionKinds, parseOptions } from '../options.ts';

export type { CallerOptions } from '../guard/caller.ts';

export interface EnvelopGuardOptions<C> extends CallerOptions<C> {
  /** The Authorization headers of a request; of `context.request`, which Yoga provides, unless given. */
  readonly authorizationHeaders?: (context: object) => readonly string[];
}

const envelopKinds: OptionKinds<EnvelopGuardOptions<unknown>> = { ...callerKinds, authorizationHeaders: aFunction };

const sessionKey = Symbol('claimgraph.session');

/**
 * Bearer token → principal → a session of the guard for each operation, as `authorization` in the context. Throws at the
 * start for a schema that is not the guard's. HTTP status and headers go to Yoga by `extensions.http`.
 */
export function useGuard<C = unknown, Groups extends ClaimsOfGroups = ClaimsOfGroups>(
  guard: Guard,
  given: EnvelopGuardOptions<C>,
): Plugin<SessionContext<C, Groups>> {
  const parsed = parseOptions<EnvelopGuardOptions<C>>('useGuard', given, envelopKinds);
  const { authorizationHeaders = headersOfRequest, ...options } = parsed;
  return {
    onSchemaChange({ schema }) {
      guard.operations.assertGuards(schema);
    },
    async onContextBuilding({ context, extendContext }) {
      try {
        const session = await guard.authenticate<C, Groups>(options, authorizationHeaders(context));
        session.authorization.signal = signalOf(context);
        const { authorization } = session.context(Object.hasOwn(context, 'authorization') ? context : {});
        extendContext({ authorization });
        Object.assign(context, { [sessionKey]: session });
      } catch (error) {
        throw error instanceof AppError ? toFormatted(guard, error) : error;
      }
    },
    async onExecute({ args, setResultAndStopExecution }) {
      const session = sessionOf(guard, args.contextValue);
      const refused = await begin(session, args);
      if (refused) return void setResultAndStopExecution(refused);
      return {
        onExecuteDone({ result, setResult }) {
          // What comes in parts does not get this far.
          if (!(Symbol.asyncIterator in result)) setResult(finish(session, result));
        },
      };
    },
    onSubscribe({ args, setSubscribeFn }) {
      const session = sessionOf(guard, args.contextValue);
      const { authorization: _ofStart, ...own } = args.contextValue;
      const signal = signalOf(own);
      setSubscribeFn(async (request: SessionRequest) => {
        const start = await session.subscribe(request, { context: () => own, signal });
        return start.refused ? toResult(start.response) : start.events;
      });
    },
  };
}

async function begin(session: Session, request: SessionRequest): Promise<ExecutionResult | undefined> {
  const start = await session.begin(request);
  return start.refused ? toResult(start.response) : undefined;
}

function toResult({ status, headers, body }: RefusedResponse): ExecutionResult {
  const errors = body.errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
  return { errors, extensions: { http: { status, headers } } };
}

function finish(session: Session, result: ExecutionResult): ExecutionResult {
  const finished = session.finish(result);
  const head = session.httpHead();
  return head ? { ...finished, extensions: { ...finished.extensions, http: toHttp(head) } } : finished;
}

function toHttp({ status, headers }: ReturnType<typeof toHttpHead>) {
  return { status, headers: Object.fromEntries(headers) };
}

/** As `maskedErrors` of Yoga lets it through: of a failure of ours, the log is told. */
function toFormatted(guard: Guard, error: AppError): GraphQLError {
  const { message, extensions } = guard.formatError({ message: error.code }, error);
  return new GraphQLError(message, { extensions: { ...extensions, http: toHttp(toHttpHead(error)) } });
}

function sessionOf(guard: Guard, context: object): GuardSession {
  const session: GuardSession | undefined = Reflect.get(context, sessionKey);
  if (session) return session;
  throw toFormatted(guard, new InternalError('an operation was executed with a context that Envelop has not built'));
}

/** Aborted, in Yoga, when the client is gone. */
function signalOf(context: object): AbortSignal | undefined {
  const request: unknown = 'request' in context ? context.request : undefined;
  const signal: unknown = typeof request === 'object' && request && 'signal' in request ? request.signal : undefined;
  return signal instanceof AbortSignal ? signal : undefined;
}

/** Of a Request as fetch knows it; the host may have made it by a class of its own. */
interface WithHeaders {
  readonly request: { readonly headers: { get(name: string): string | null } };
}

function headersOfRequest(context: object): readonly string[] {
  if (!hasRequest(context)) {
    throw new InternalError('useGuard: the context has no request; give authorizationHeaders, which tells who sent it');
  }
  const header = context.request.headers.get('authorization');
  return header === null ? [] : [header];
}

function hasRequest(context: object): context is WithHeaders {
  const request: unknown = 'request' in context ? context.request : undefined;
  const headers: unknown = typeof request === 'object' && request && 'headers' in request ? request.headers : undefined;
  return typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function';
}
