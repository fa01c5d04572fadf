import { ApolloLink, Observable } from '@apollo/client';
import type { ApiAnswer, TokenManager } from './index.ts';
import { parseBody } from './parseBody.ts';

/** What one attempt came to: what the links below emitted, or what they failed with. */
type Attempt =
  | {
      readonly kind: 'results';
      readonly results: readonly ApolloLink.Result[];
      readonly response: Response | undefined;
    }
  | { readonly kind: 'error'; readonly error: unknown };

/**
 * A link of Apollo Client 4, before HttpLink: sends each operation with the access token, and does what the answer asks for,
 * as TokenManager.run. Incremental results (`@defer`) are passed on together, once the last has come. Subscriptions are sent
 * with the token and passed on as they are.
 */
export function createAuthLink(manager: TokenManager): ApolloLink {
  return new ApolloLink((operation, forward) => {
    return new Observable((observer) => {
      const calling = new AbortController();
      let attempt: { unsubscribe(): void } | undefined;

      function setToken(token: string | undefined): void {
        const { authorization: _old, ...headers } = operation.getContext().headers ?? {};
        operation.setContext({
          headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
        });
      }

      function send(token: string | undefined): Promise<Attempt> {
        setToken(token);
        const results: ApolloLink.Result[] = [];
        return new Promise((resolve) => {
          attempt = forward(operation).subscribe({
            next: (result) => void results.push(result),
            error: (error) => resolve({ kind: 'error', error }),
            complete: () => resolve({ kind: 'results', results, response: operation.getContext().response }),
          });
        });
      }

      async function runOnce(): Promise<void> {
        const last = await manager.run({
          isMutation: operation.operationType === 'mutation',
          send,
          read: readAttempt,
          signal: calling.signal,
        });
        if (last.kind === 'error') throw last.error;
        for (const result of last.results) observer.next(result);
        observer.complete();
      }

      async function subscribe(): Promise<void> {
        setToken(await manager.getToken());
        if (!calling.signal.aborted) attempt = forward(operation).subscribe(observer);
      }

      const started = operation.operationType === 'subscription' ? subscribe() : runOnce();
      started.catch((error: unknown) => observer.error(error));
      return () => {
        calling.abort();
        attempt?.unsubscribe();
      };
    });
  });
}

function readAttempt(attempt: Attempt): ApiAnswer {
  if (attempt.kind === 'error') return readError(attempt.error);
  const { results, response } = attempt;
  const [first] = results;
  return {
    data: first?.data,
    errors: first?.errors,
    status: response?.status,
    retryAfter: response?.headers.get('retry-after'),
  };
}

/** ServerError: the answer was not application/graphql-response+json, and its status no success. */
function readError(error: unknown): ApiAnswer {
  const { statusCode, response, bodyText } = Object(error);
  if (typeof statusCode !== 'number') return {};
  return { ...parseBody(String(bodyText)), status: statusCode, retryAfter: response?.headers?.get('retry-after') };
}

/** The members of an ApolloClient that dropping its cache takes. */
export interface ResettableClient {
  clearStore(): Promise<unknown>;
  resetStore(): Promise<unknown>;
  onResetStore(callback: () => Promise<void>): () => void;
}

/**
 * Empties the cache of Apollo Client before anything is sent for somebody else, then asks the queries that are on the screen
 * anew for them; after a sign-out nothing is asked. Returns what stops it.
 */
export function dropCacheOnSubjectChange(client: ResettableClient, manager: TokenManager): () => void {
  return manager.onSubjectChange(({ subject }) => {
    if (subject === undefined) return client.clearStore();
    return new Promise<void>((resolve, reject) => {
      const stop = client.onResetStore(async () => {
        stop();
        resolve();
      });
      // What follows the callbacks are the queries, which tell their failures themselves; they wait for this listener.
      client.resetStore().catch(reject);
    });
  });
}
