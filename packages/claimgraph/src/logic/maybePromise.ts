/** Known now, or later. */
export type MaybePromise<T> = T | Promise<T>;

/** Goes on with what is known: at once where it is, and later only where it must be. */
export function mapMaybePromise<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** As graphql-js sees it: whatever has a `then` is awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const mayHaveMembers = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return mayHaveMembers && 'then' in value && typeof value.then === 'function';
}

/** For a promise where none may be: nobody waits for it, nor shall its rejection end the process. */
export function ignoreOutcome(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => {});
}
