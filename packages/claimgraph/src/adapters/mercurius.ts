/** For Mercurius, with or without its just-in-time compiler. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  type DocumentNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  Kind,
} from 'graphql';
import { AppError, BadUserInputError, InternalError } from '../errors.ts';
import { type CallerOptions, callerKinds, readCaller, type SessionCaller } from '../guard/caller.ts';
import type { Guard } from '../guard/createGuard.ts';
import type { RefusedResponse, Session } from '../guard/session.ts';
import { toHttpHead } from '../operation/httpError.ts';
import { cancellationOf } from '../operation/resultMeter.ts';
import { parseOptions } from '../options.ts';
import { authorizationHeadersOf } from '../token/bearerToken.ts';

export type { CallerOptions } from '../guard/caller.ts';

type Executed = ExecutionResult & Required<Pick<ExecutionResult, 'errors'>>;

// biome-ignore lint/suspicious/noExplicitAny: as Mercurius declares it; each application has a context of its own.
type ErrorFormatter = (execution: Executed, context: any) => FormattedResponse;

interface FormattedResponse {
  statusCode: number;
  response: ExecutionResult | FormattedExecutionResult;
}

/** What you would give Mercurius yourself, of the options that the guard has a part in. */
export interface OwnMercuriusOptions {
  readonly context?: (request: FastifyRequest, reply: FastifyReply) => Promise<object> | object;
  readonly errorFormatter?: ErrorFormatter;
}

export interface MercuriusGuard {
  /** For `app.register(mercurius, { ...options(), … })`; what is given of your own is called as well. */
  options(own?: OwnMercuriusOptions): MercuriusGuardOptions;
  /** To be registered after Mercurius. */
  plugin(app: FastifyInstance): Promise<void>;
}

/** The options of Mercurius that a guard is. */
export interface MercuriusGuardOptions {
  schema: GraphQLSchema;
  context: (request: FastifyRequest, reply: FastifyReply) => Promise<Record<string, unknown>>;
  errorFormatter: ErrorFormatter;
  additionalRouteOptions: { preValidation: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> };
}

const callerKey = Symbol('claimgraph.caller');
const sessionKey = Symbol('claimgraph.session');

interface GuardedContext {
  readonly reply?: FastifyReply;
  readonly [callerKey]?: SessionCaller<unknown>;
  readonly [sessionKey]?: Session;
}

/** Of a Mercurius application, what hooks are added to. */
interface WithHooks {
  addHook(name: 'preExecution', hook: PreExecution): void;
}

type PreExecution = (
  schema: GraphQLSchema,
  document: DocumentNode,
  context: GuardedContext,
  variables: Readonly<Record<string, unknown>> | undefined,
) => Promise<void>;

/** Bearer token → principal → a session of the guard for each operation, as `authorization` in its context. */
export function createMercuriusGuard<C>(
  mercurius: { readonly defaultErrorFormatter: ErrorFormatter },
  guard: Guard,
  given: CallerOptions<C>,
): MercuriusGuard {
  const callers = parseOptions<CallerOptions<C>>('createMercuriusGuard', given, callerKinds);
  return {
    options: ({ context, errorFormatter = mercurius.defaultErrorFormatter } = {}) => ({
      schema: guard.schema,
      // Before the context is made, as Mercurius makes it once more when that fails.
      additionalRouteOptions: { preValidation: refuseBadToken },
      async context(request, reply) {
        const own = await context?.(request, reply);
        if (own && 'authorization' in own) throw new TypeError('the context has an `authorization` of its own already');
        return { ...own, [callerKey]: Reflect.get(request, callerKey) };
      },
      errorFormatter: (execution, of) => formatFinished(execution, of, errorFormatter),
    }),
    async plugin(app) {
      const graphql: WithHooks = Reflect.get(app, 'graphql');
      guard.operations.assertGuards(Reflect.get(graphql, 'schema'));
      graphql.addHook('preExecution', begin);
    },
  };

  async function refuseBadToken(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    try {
      const caller = await readCaller(callers, authorizationHeadersOf(request.raw.rawHeaders));
      Object.assign(request, { [callerKey]: caller });
      return undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { status, headers } = toHttpHead(error);
      const errors = [guard.formatError({ message: error.code }, error)];
      return reply.code(status).headers(Object.fromEntries(headers)).send({ data: null, errors });
    }
  }

  async function begin(...[_schema, document, context, variables]: Parameters<PreExecution>): Promise<void> {
    const caller = context[callerKey];
    if (!caller) throw refusalOf(new InternalError('the context was not made by the options of createMercuriusGuard'));
    const session = guard.session(caller);
    Object.assign(context, { authorization: session.authorization, [sessionKey]: session });
    const names = operationNamesOf(document, context.reply?.request);
    if (names.length > 1) throw refusalOf(ambiguous);
    const [operationName] = names;
    const signal = cancellationOf(context.reply?.request.raw.socket);
    const start = await session.begin({ document, operationName, variableValues: variables, signal });
    if (!start.refused) return;
    context.reply?.headers(start.response.headers);
    throw new RefusedError(start.response);
  }

  function refusalOf(error: AppError): RefusedError {
    const { status, headers } = toHttpHead(error);
    const errors = [guard.formatError({ message: error.code }, error)];
    return new RefusedError({ status, headers: Object.fromEntries(headers), body: { errors } });
  }
}

/** Mercurius shows the errors of an error, and takes its status where there is one of them. */
class RefusedError extends Error {
  readonly statusCode: number;
  readonly errors: readonly GraphQLError[];

  constructor({ status, body }: RefusedResponse) {
    super('the operation was refused');
    this.statusCode = status;
    this.errors = body.errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
  }
}

function formatFinished(execution: Executed, context: GuardedContext, format: ErrorFormatter): FormattedResponse {
  const refused = execution.errors[0]?.originalError;
  if (refused instanceof RefusedError) return { ...format(execution, context), statusCode: refused.statusCode };
  const session = context[sessionKey];
  if (!session) return format(execution, context);
  const { data = null, errors = [] } = session.finish(execution);
  const formatted =
    errors.length > 0 ? format({ ...execution, data, errors }, context) : { statusCode: 200, response: { data } };
  const head = session.httpHead();
  if (!head) return formatted;
  context.reply?.headers(Object.fromEntries(head.headers));
  return { ...formatted, statusCode: head.status };
}

const ambiguous = new BadUserInputError({
  field: 'operationName',
  expected: 'one operation in each document of a batch',
  got: 'several',
});

/**
 * Mercurius (16.10) tells its hooks of a document, and not which of its operations is executed: that stands in the request.
 * In a batch it is that of the entries with this document; more than one name, where they differ.
 */
function operationNamesOf(
  document: DocumentNode,
  request: FastifyRequest | undefined,
): readonly (string | undefined)[] {
  if (document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length < 2) return [undefined];
  const sent = request?.method === 'GET' ? request.query : request?.body;
  const entries: readonly unknown[] = Array.isArray(sent) ? sent : [sent];
  const names = entries.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const isOther = entries.length > 1 && Reflect.get(entry, 'query') !== document.loc?.source.body;
    const name: unknown = Reflect.get(entry, 'operationName');
    return isOther ? [] : [typeof name === 'string' ? name : undefined];
  });
  return [...new Set(names)];
}
