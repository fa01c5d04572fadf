import {
  type DocumentNode,
  type ExecutionResult,
  execute as executeByGraphql,
  type FragmentDefinitionNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import { AppError, BadUserInputError, InternalError, NotFoundError } from '../errors.ts';
import type { MaybePromise } from '../logic/maybePromise.ts';
import type { Authorization } from '../operation/authorization.ts';
import type { FormatError } from '../operation/formatError.ts';
import { causeOf } from '../operation/guardError.ts';
import { toHttpHead } from '../operation/httpError.ts';
import type { OperationState } from '../operation/operationState.ts';
import { type EventSource, openSource } from './openSource.ts';
import type { OperationGuard } from './operationGuard.ts';
import { createSession, type RefusedResponse, type Session, type SessionRequest } from './session.ts';
import { warnOfInternalError } from './warnings.ts';

/** Whether a subscription may be heard; if not, what the client is answered, and its source was not opened. */
export type SubscriptionStart =
  | { readonly refused: false; readonly events: EventResults }
  | { readonly refused: true; readonly response: RefusedResponse };

/**
 * One result for each event, to be sent as it is. It ends when the source does, and after a result without data when the caller
 * may hear no more. `return` ends it at once, also while an event is waited for, and closes the source.
 */
export interface EventResults extends AsyncIterableIterator<ExecutionResult> {
  return(): Promise<IteratorResult<ExecutionResult>>;
}

/** An event that may be executed. */
export interface EventToExecute {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | null | undefined;
  /** What the source gave. */
  readonly rootValue: unknown;
  readonly contextValue: object & { readonly authorization: Authorization };
  readonly variableValues: Readonly<Record<string, unknown>> | null | undefined;
  readonly state: OperationState;
}

export type ExecuteEvent = (event: EventToExecute) => MaybePromise<ExecutionResult>;

/** What a host executes with. */
type ContextValue = EventToExecute['contextValue'];

/** What decides about a subscription, at its start and from then on. */
export interface SubscriptionHost {
  /** For the source: the context value of the session. */
  readonly contextValue: ContextValue;
  /**
   * A context value for the next event: who hears it was verified again, and their claims are read again. Rejects with the
   * AppError that ends the subscription.
   */
  renew(): MaybePromise<ContextValue>;
  /** By graphql-js unless given. */
  readonly execute?: ExecuteEvent | undefined;
  /** Ends the subscription when it is aborted: with an AppError as the reason, that is told in a last result. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each event's session once it is executed or refused, for the log. */
  readonly onEvent?: ((session: Session) => void) | undefined;
}

interface Dependencies {
  readonly operations: OperationGuard;
  readonly formatError: FormatError;
}

/**
 * Begins a subscription: plans it, decides whether it may start, and only then opens its source. Each event is executed as a
 * query would be at that moment, with the claims of that moment. An event is left out when its root field is not found, or
 * denied in the mode `dropItem`: to this caller it did not happen. One that is refused as a whole, or that an outage keeps from
 * being decided, ends the subscription, so that nothing is lost without a word.
 */
export async function openSubscription(
  { operations, formatError }: Dependencies,
  session: Session,
  request: SessionRequest,
  host: SubscriptionHost,
): Promise<SubscriptionStart> {
  const operation = getOperationAST(request.document, request.operationName);
  if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) {
    return refuse(new BadUserInputError({ field: 'operation', expected: 'a subscription', got: kindOf(operation) }));
  }
  const ofHost = { ...request, signal: request.signal ?? host.signal };
  const start = await session.begin(ofHost);
  if (start.refused) return start;
  const state = session.authorization.operation;
  if (!state) throw new InternalError('a subscription was begun without a plan');
  const [root] = state.plan.rootFields.values();
  if (!root || state.plan.rootFields.size > 1) {
    return refuse(
      new BadUserInputError({ field: 'operation', expected: 'one field at its root', got: 'another number' }),
    );
  }
  const parentType = operations.schema.getSubscriptionType();
  if (!parentType) throw new InternalError('a subscription was planned for a schema without one');
  try {
    const source = await openSource({
      root,
      contextValue: host.contextValue,
      info: {
        schema: operations.schema,
        operation,
        fragments: fragmentsOf(request.document),
        variableValues: { ...state.variables },
        parentType,
      },
    });
    return { refused: false, events: executeEvents(source, toExecutor(operation)) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const formatted = formatUnknown(error);
    const cause = causeOf(error);
    const status = formatted.extensions?.code === 'INTERNAL_SERVER_ERROR' ? 500 : 400;
    const head = cause instanceof AppError ? toHttpHead(cause) : { status, headers: [] };
    const body = { errors: [formatted] };
    return { refused: true, response: { status: head.status, headers: Object.fromEntries(head.headers), body } };
  }

  function refuse(error: AppError): SubscriptionStart {
    const { status, headers } = toHttpHead(error);
    return { refused: true, response: { status, headers: Object.fromEntries(headers), body: toLast(error) } };
  }

  function toLast(error: AppError) {
    return { errors: [formatError({ message: error.code }, error)] };
  }

  function toExecutor(subscription: OperationDefinitionNode) {
    return async (rootValue: unknown): Promise<ExecutedEvent> => {
      const contextValue = await host.renew();
      const { authorization } = contextValue;
      const event = createSession(operations, authorization, formatError);
      const begun = await event.begin({ ...ofHost, isEvent: true });
      if (begun.refused) {
        host.onEvent?.(event);
        return { kind: 'last', result: toResult(begun.response.body) };
      }
      const ofEvent = authorization.operation;
      if (!ofEvent) throw new InternalError('an event was begun without a plan');
      const { document, operationName, variableValues } = request;
      const parts = { document, operationName, variableValues, rootValue, contextValue };
      const result = host.execute
        ? await host.execute({ ...parts, operation: subscription, state: ofEvent })
        : await executeByGraphql({ schema: operations.schema, ...parts });
      host.onEvent?.(event);
      if (isLeftOut(result, authorization)) return { kind: 'left out' };
      const finished = event.finish(result);
      // What an outage took is to be heard after the client has come back.
      return { kind: event.httpHead()?.status === 503 ? 'last' : 'next', result: finished };
    };
  }

  function toResult({ errors }: RefusedResponse['body']): ExecutionResult {
    return {
      errors: errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions })),
    };
  }

  function executeEvents(
    source: EventSource,
    executeEvent: (rootValue: unknown) => Promise<ExecutedEvent>,
  ): EventResults {
    const iterator = source[Symbol.asyncIterator]();
    const { signal } = host;
    let isOver = false;
    let last: ExecutionResult | undefined;
    let wake: ((result: IteratorResult<ExecutionResult>) => void) | undefined;
    let previous: Promise<unknown> = Promise.resolve();

    /** Ends all of it, with a last result perhaps, in place of what is waited for. */
    function stop(result?: ExecutionResult): void {
      if (isOver) return;
      isOver = true;
      last = result;
      signal?.removeEventListener('abort', onAbort);
      // Not waited for: a source that stands still may never answer.
      void closeSource();
      wake?.(takeLast());
    }

    async function closeSource(): Promise<void> {
      try {
        await iterator.return?.();
      } catch (error) {
        lastOf(error);
      }
    }

    function takeLast(): IteratorResult<ExecutionResult> {
      const value = last;
      last = undefined;
      return value ? { done: false, value } : over;
    }

    function onAbort(): void {
      const reason: unknown = signal?.reason;
      stop(reason instanceof AppError ? lastOf(reason) : undefined);
    }

    /** Resolves with the next result; undefined when it has all been ended. */
    async function pull(): Promise<ExecutionResult | undefined> {
      while (!isOver) {
        const next = await iterator.next();
        if (next.done) stop();
        if (isOver) return undefined;
        const executed = await executeEvent(next.value);
        if (executed.kind === 'next') return executed.result;
        if (executed.kind === 'last') stop(executed.result);
      }
      return undefined;
    }

    function fail(error: unknown): undefined {
      stop(lastOf(error));
    }

    function nextResult(): Promise<IteratorResult<ExecutionResult>> {
      if (isOver) return Promise.resolve(takeLast());
      return new Promise((resolve) => {
        wake = resolve;
        void pull()
          .catch(fail)
          .then((value) => {
            // Nobody waits any more: what ends it from now on is kept for who asks next.
            wake = undefined;
            resolve(value && !isOver ? { done: false, value } : takeLast());
          });
      });
    }

    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort);

    const results: EventResults = {
      next() {
        const result = previous.then(nextResult);
        previous = result;
        return result;
      },
      async return() {
        stop();
        return over;
      },
      [Symbol.asyncIterator]: () => results,
    };
    return results;
  }

  /** Never throws, whatever the host does that is told of it: nobody waits here who could answer that. */
  function lastOf(error: unknown): ExecutionResult {
    try {
      return toResult(error instanceof AppError ? toLast(error) : { errors: [formatUnknown(error)] });
    } catch (ofHost) {
      const code = 'INTERNAL_SERVER_ERROR';
      warnOfInternalError(code, ofHost);
      return { errors: [new GraphQLError('Something went wrong on our side.', { extensions: { code } })] };
    }
  }

  function formatUnknown(error: unknown) {
    const located = error instanceof GraphQLError ? error.toJSON() : { message: 'the events ended with an error' };
    return formatError(located, error);
  }
}

/** The same events; `release` is called when they are over, perhaps more than once. */
export function releaseAtEnd(events: EventResults, release: () => void): EventResults {
  const results: EventResults = {
    async next() {
      const result = await events.next();
      if (result.done) release();
      return result;
    },
    return() {
      release();
      return events.return();
    },
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

type ExecutedEvent =
  | { readonly kind: 'next' | 'last'; readonly result: ExecutionResult }
  | { readonly kind: 'left out' };

const over: IteratorResult<ExecutionResult> = { done: true, value: undefined };

/** Whether the event did not happen to this caller. */
function isLeftOut({ errors = [] }: ExecutionResult, authorization: Authorization): boolean {
  return (
    errors.some((error) => error.path?.length === 1 && causeOf(error) instanceof NotFoundError) ||
    authorization.denialOutcomes().some(({ mode, path }) => mode === 'dropItem' && path.length === 1)
  );
}

function kindOf(operation: OperationDefinitionNode | null | undefined): string {
  return operation ? `a ${operation.operation}` : 'no operation of that name';
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
