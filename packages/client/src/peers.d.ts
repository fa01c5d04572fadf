// The few members of the client libraries that the adapters use, for type checks where the libraries are not installed. That
// the real libraries have them is checked in test/clients. Not part of what is published.

declare module '@apollo/client' {
  interface Observer<T> {
    next(value: T): void;
    error(error: unknown): void;
    complete(): void;
  }
  export class Observable<T> {
    constructor(subscribe: (observer: Observer<T>) => () => void);
    subscribe(observer: Observer<T>): { unsubscribe(): void };
  }
  export namespace ApolloLink {
    interface Operation {
      readonly operationType: string;
      getContext(): { readonly headers?: Readonly<Record<string, string>>; readonly response?: Response };
      setContext(context: object): void;
    }
    interface Result {
      readonly data?: unknown;
      readonly errors?: unknown;
    }
    type ForwardFunction = (operation: Operation) => Observable<Result>;
  }
  export class ApolloLink {
    constructor(
      handler: (operation: ApolloLink.Operation, forward: ApolloLink.ForwardFunction) => Observable<ApolloLink.Result>,
    );
  }
}

declare module '@urql/core' {
  import type { Source } from 'wonka';
  export interface Operation {
    readonly key: number;
    readonly kind: 'query' | 'mutation' | 'subscription' | 'teardown';
    readonly context: OperationContext;
  }
  export interface OperationContext {
    readonly fetchOptions?: RequestInit | (() => RequestInit);
    readonly [key: string]: unknown;
  }
  export interface OperationResult {
    readonly operation: Operation;
    readonly data?: unknown;
    readonly error?: { readonly graphQLErrors: readonly unknown[]; readonly response?: unknown };
  }
  export type Exchange = (input: {
    readonly forward: (operations: Source<Operation>) => Source<OperationResult>;
  }) => (operations: Source<Operation>) => Source<OperationResult>;
  export function makeOperation(kind: Operation['kind'], operation: Operation, context: OperationContext): Operation;
  export function makeErrorResult(operation: Operation, error: Error): OperationResult;
}

declare module 'wonka' {
  export type Source<T> = (sink: (signal: T) => void) => void;
  export interface Subject<T> {
    readonly source: Source<T>;
    next(value: T): void;
  }
  export function makeSubject<T>(): Subject<T>;
  export function filter<T>(predicate: (value: T) => boolean): (source: Source<T>) => Source<T>;
  export function fromPromise<T>(promise: Promise<T>): Source<T>;
  export function merge<T>(sources: Source<T>[]): Source<T>;
  export function mergeMap<A, B>(map: (value: A) => Source<B>): (source: Source<A>) => Source<B>;
  export function onPush<T>(callback: (value: T) => void): (source: Source<T>) => Source<T>;
  export function share<T>(source: Source<T>): Source<T>;
  export function takeUntil<S, T>(notifier: Source<S>): (source: Source<T>) => Source<T>;
}

declare module 'react' {
  export function useSyncExternalStore<T>(
    subscribe: (onChange: () => void) => () => void,
    getSnapshot: () => T,
    getServerSnapshot: () => T,
  ): T;
}
