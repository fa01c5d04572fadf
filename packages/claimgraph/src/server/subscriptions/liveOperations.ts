import { createHash } from 'node:crypto';
import {
  type DocumentNode,
  execute as executeByGraphql,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { type AppError, BadUserInputError } from '../../errors.ts';
import type { Executor } from '../../execute/executor.ts';
import type { OperationGuard } from '../../guard/operationGuard.ts';
import { createPolicyCheck } from '../../guard/requestPolicy.ts';
import { createSession, type RefusedResponse } from '../../guard/session.ts';
import { type EventResults, type ExecuteEvent, openSubscription } from '../../guard/subscription.ts';
import type { FormatError } from '../../operation/formatError.ts';
import { toHttpHead } from '../../operation/httpError.ts';
import type { OperationLimits } from '../../operation/limits.ts';
import { mergeEqualFields } from '../../operation/mergeEqualFields.ts';
import type { ApolloParts } from '../apollo/apolloServer.ts';
import type { LiveCaller } from './liveCaller.ts';
import type { LogSubscription } from './logSubscription.ts';

/** An operation as a client sends it, by whatever transport. */
export interface LiveRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** What came of it. */
export type LiveAnswer =
  | { readonly kind: 'events'; readonly document: DocumentNode; readonly events: EventResults }
  | { readonly kind: 'result'; readonly document: DocumentNode | undefined; readonly result: LiveResult }
  | { readonly kind: 'refused'; readonly response: RefusedResponse };

/** Of a query or mutation: as Apollo Server answers it. */
export interface LiveResult {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Answers operations of callers whose connections stay open, by the same plans, limits and policies as over HTTP. */
export interface LiveOperations {
  readonly schema: GraphQLSchema;
  readonly formatError: FormatError;
  /** `signal` ends what is begun; the caller's context is made anew for each event. */
  begin(caller: LiveCaller, request: unknown, signal: AbortSignal): Promise<LiveAnswer>;
}

export interface LiveOperationsOptions extends ApolloParts {
  readonly log: LogSubscription;
}

const maxValidationErrors = 100;

export function createLiveOperations(options: LiveOperationsOptions): LiveOperations {
  const { apollo, operations, formatError, executor, documents, limits, isIntrospectionOff, log } = options;
  const check = createPolicyCheck(limits, isIntrospectionOff ? 'off' : 'host');
  const execute: ExecuteEvent | undefined = executor && toExecuteEvent(executor, operations);

  return {
    schema: operations.schema,
    formatError,
    async begin(caller, sent, signal) {
      const request = parseRequest(sent);
      const key = `subscription ${createHash('sha256').update(request.query).digest('base64url')}`;
      const known = documents.find(key) ?? parseQuietly(request.query, limits);
      const operation = known && getOperationAST(known, request.operationName);
      // Apollo Server says what is wrong with a document that cannot be read.
      if (!known || operation?.operation !== OperationTypeNode.SUBSCRIPTION) return answerOnce(caller, request, known);
      const { document, response } = documents.find(key) ? { document: known } : validateDocument(known);
      if (response) return { kind: 'refused', response };
      documents.keep(key, document);
      const context = await caller.contextNow();
      const session = createSession(operations, context.authorization, formatError);
      const told = log.begin(context, request.operationName ?? operation.name?.value);
      const { operationName, variables: variableValues } = request;
      const start = await openSubscription(
        { operations, formatError },
        session,
        { document, operationName, variableValues },
        { contextValue: context, renew: caller.contextNow, execute, signal, onEvent: told.onEvent },
      );
      told.onStart(session, start);
      return start.refused
        ? { kind: 'refused', response: start.response }
        : { kind: 'events', document, events: told.follow(start.events) };
    },
  };

  async function answerOnce(
    caller: LiveCaller,
    { query, operationName, variables }: LiveRequest,
    document: DocumentNode | undefined,
  ): Promise<LiveAnswer> {
    const contextValue = await caller.contextNow();
    const request = { query, ...(operationName && { operationName }), ...(variables && { variables }) };
    const { body } = await apollo.executeOperation(request, { contextValue });
    if (body.kind === 'single') return { kind: 'result', document, result: body.singleResult };
    throw new TypeError('incremental delivery is not enabled');
  }

  function validateDocument(parsed: DocumentNode): {
    readonly document: DocumentNode;
    readonly response?: RefusedResponse;
  } {
    const refusal = check(parsed);
    if (refusal) return { document: parsed, response: toResponse(refusal) };
    const document = mergeEqualFields(parsed);
    const errors = validate(operations.schema, document, specifiedRules, { maxErrors: maxValidationErrors });
    if (errors.length === 0) return { document };
    const formatted = errors.map((error) =>
      formatError({ ...error.toJSON(), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, error),
    );
    return { document, response: { status: 400, headers: {}, body: { errors: formatted } } };
  }

  function toResponse(error: AppError): RefusedResponse {
    const { status, headers } = toHttpHead(error);
    const body = { errors: [formatError({ message: error.code }, error)] };
    return { status, headers: Object.fromEntries(headers), body };
  }
}

/** Throws BadUserInputError for what is no request of GraphQL. */
function parseRequest(sent: unknown): LiveRequest {
  const { query, operationName, variables } = Object(sent);
  const problems = [
    ...(typeof query === 'string' && query !== '' ? [] : [['query', 'a text'] as const]),
    ...(operationName == null || typeof operationName === 'string' ? [] : [['operationName', 'a text'] as const]),
    ...(variables == null || isObject(variables) ? [] : [['variables', 'an object'] as const]),
  ];
  const [problem] = problems;
  if (problem) throw new BadUserInputError({ field: problem[0], expected: problem[1], got: 'something else' });
  return { query, operationName, variables };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseQuietly(query: string, { maxDocumentTokens: maxTokens }: OperationLimits): DocumentNode | undefined {
  try {
    return parse(query, { maxTokens });
  } catch {
    return undefined;
  }
}

/** By a compiled form, once there is one. */
function toExecuteEvent(executor: Executor, { schema, plans }: OperationGuard): ExecuteEvent {
  return ({ document, operation, operationName, rootValue, contextValue, variableValues, state }) => {
    const parts = { schema, plans, document, operation, variables: state.variables };
    const executed = executor.execute(state.plan, parts, contextValue, rootValue);
    return executed ?? executeByGraphql({ schema, document, operationName, rootValue, contextValue, variableValues });
  };
}

/** The errors of a response, for a transport that wants GraphQLErrors. */
export function toGraphqlErrors({ body: { errors } }: RefusedResponse): readonly GraphQLError[] {
  return errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
}
