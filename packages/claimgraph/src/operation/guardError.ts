import { GraphQLError } from 'graphql';
import type { AppError } from '../errors.ts';

/** What a client reads of a failure that it can do nothing about. */
export const ourFault = 'Something went wrong on our side.';

/** An AppError as it may be thrown into any host: what a client may read of it, and nothing else that a host might send. */
export class GuardError extends GraphQLError {
  /** For the log. Not `originalError`, which hosts look into for a message and a stack. */
  override readonly cause: AppError;

  constructor(error: AppError, more: Readonly<Record<string, unknown>> = {}) {
    const { clientMessage: message = ourFault, code, details } = error;
    const extensions = { ...details, ...more, code };
    super(message, { extensions });
    this.cause = error;
    Object.defineProperties(this, {
      cause: { enumerable: false },
      // It is thrown for many requests, and graphql-js hands this very object on to each host, which may add to it.
      extensions: { get: () => ({ ...extensions }) },
      // A refusal comes from no place in the code. graphql-js copies the stack, and hosts in development send it.
      stack: { value: `GraphQLError: ${message}` },
    });
  }
}

/** Rules hand the same error to each row that they deny. */
const guardErrors = new WeakMap<AppError, GuardError>();

/** What a guard throws for this error. */
export function toGuardError(error: AppError): GuardError {
  let thrown = guardErrors.get(error);
  if (!thrown) {
    thrown = new GuardError(error);
    guardErrors.set(error, thrown);
  }
  return thrown;
}

/** What a resolver or a guard threw, below the GraphQLErrors that graphql-js and hosts put around it. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError) {
    if (cause instanceof GuardError) return cause.cause;
    if (!cause.originalError) return cause;
    cause = cause.originalError;
  }
  return cause;
}

/** Whether a guard has thrown what is behind the error: a client may read it as it is. */
export function isGuardError(error: unknown): boolean {
  let cause = error;
  while (cause instanceof GraphQLError && !(cause instanceof GuardError)) cause = cause.originalError;
  return cause instanceof GuardError;
}
