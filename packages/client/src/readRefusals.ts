import { type ApiError, parseErrors } from './apiError.ts';

/**
 * Why a field is null:
 * - `none`: there is nothing
 * - `mayNot`: this person may not read or do it; no use in asking again
 * - `signIn`, `signInAgain`: nobody is signed in, or it is too long ago
 * - `tryAgain`: that could not be told, or the API not be reached
 * - `failed`: the input was not accepted, or something is broken
 */
export type Absence = 'none' | 'mayNot' | 'signIn' | 'signInAgain' | 'tryAgain' | 'failed';

export interface Refusals {
  /** Why the field at this path (response names and list indices) is null. Only to be asked about fields that are. */
  why(...path: readonly (string | number)[]): Absence;
  /** The error that says so; undefined where there is none. */
  at(...path: readonly (string | number)[]): ApiError | undefined;
  /** The same for an object below, so that a component need not know where it stands. */
  under(...path: readonly (string | number)[]): Refusals;
}

/**
 * Reads the refusals of a result by their paths. Takes what the libraries give: a GraphQL response, a result of Apollo Client
 * or urql, or an error that either of them or graphql-request threw; undefined while there is no result yet.
 */
export function readRefusals(result: unknown): Refusals {
  return refusalsBelow(errorsOf(result), []);
}

function refusalsBelow(errors: readonly ApiError[], base: readonly (string | number)[]): Refusals {
  const at: Refusals['at'] = (...path) => {
    const whole = [...base, ...path];
    // An error above takes all below with it; one below does so up to the next field that may be null.
    return (
      errors.find((error) => startsWith(whole, error.path)) ?? errors.find((error) => startsWith(error.path, whole))
    );
  };
  return {
    at,
    why: (...path) => toAbsence(at(...path)),
    under: (...path) => refusalsBelow(errors, [...base, ...path]),
  };
}

function startsWith(path: readonly unknown[], start: readonly unknown[]): boolean {
  return start.every((step, index) => step === path[index]);
}

function toAbsence(error: ApiError | undefined): Absence {
  if (error?.isTemporary) return 'tryAgain';
  switch (error?.code) {
    case undefined:
    case 'NOT_FOUND':
      return 'none';
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPE':
      return 'mayNot';
    case 'UNAUTHENTICATED':
      return 'signIn';
    case 'INSUFFICIENT_USER_AUTHENTICATION':
      return 'signInAgain';
    default:
      return 'failed';
  }
}

function errorsOf(result: unknown): readonly ApiError[] {
  const { errors, graphQLErrors, response, error } = Object(result);
  const listed = parseErrors(errors ?? graphQLErrors ?? Object(response).errors);
  if (listed.length > 0) return listed;
  if (error != null) return errorsOf(error);
  // The request itself failed: nothing is known of any field.
  return parseErrors(result instanceof Error && [{ extensions: { retryable: true } }]);
}
