import { type Exchange, makeErrorResult, makeOperation, type Operation, type OperationResult } from '@urql/core';
import { filter, fromPromise, makeSubject, merge, mergeMap, onPush, share, takeUntil } from 'wonka';
import type { ApiAnswer, TokenManager } from './index.ts';

/** Under which an attempt is known in its operation's context, so that its result finds back. */
const attemptKey = 'claimgraphAttempt';

/**
 * An exchange of urql, before fetchExchange: sends each query and mutation with the access token, and does what the answer
 * asks for, as TokenManager.run. Subscriptions pass by.
 */
export function authExchange(manager: TokenManager): Exchange {
  return ({ forward }) =>
    (operations) => {
      const shared = share(operations);
      const attempts = makeSubject<Operation>();
      const waiting = new Map<unknown, (result: OperationResult) => void>();

      async function answer(operation: Operation, signal: AbortSignal): Promise<OperationResult> {
        const send = (token: string | undefined) =>
          new Promise<OperationResult>((resolve) => {
            const attempt = Symbol();
            waiting.set(attempt, resolve);
            signal.addEventListener('abort', () => waiting.delete(attempt));
            attempts.next(toAttempt(operation, attempt, token));
          });
        const result = await manager.run({ isMutation: operation.kind === 'mutation', send, read: readResult, signal });
        // As it came: the token stays here.
        return { ...result, operation };
      }

      const answers = mergeMap((operation: Operation) => {
        const calling = new AbortController();
        const isCalledOff = ({ kind, key }: Operation) => kind === 'teardown' && key === operation.key;
        const calledOff = onPush<Operation>(() => calling.abort())(filter(isCalledOff)(shared));
        const answered = answer(operation, calling.signal).catch((error: unknown) =>
          makeErrorResult(operation, error instanceof Error ? error : new Error(String(error))),
        );
        return takeUntil<Operation, OperationResult>(calledOff)(fromPromise(answered));
      })(filter(isSingle)(shared));

      const passedBy = filter((operation: Operation) => !isSingle(operation))(shared);
      const results = filter((result: OperationResult) => {
        const attempt = result.operation.context[attemptKey];
        waiting.get(attempt)?.(result);
        waiting.delete(attempt);
        return attempt === undefined;
      })(forward(merge([attempts.source, passedBy])));

      return merge([results, answers]);
    };
}

function isSingle({ kind }: Operation): boolean {
  return kind === 'query' || kind === 'mutation';
}

function toAttempt(operation: Operation, attempt: symbol, token: string | undefined): Operation {
  const { fetchOptions } = operation.context;
  const given = (typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions) ?? {};
  const headers = Object.fromEntries(new Headers(given.headers));
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  return makeOperation(operation.kind, operation, {
    ...operation.context,
    [attemptKey]: attempt,
    fetchOptions: { ...given, headers },
  });
}

function readResult({ data, error }: OperationResult): ApiAnswer {
  const { status, headers } = Object(error?.response);
  return { data, errors: error?.graphQLErrors, status, retryAfter: headers?.get('retry-after') };
}
