import { randomUUID } from 'node:crypto';
import { ApolloServerValidationErrorCode } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import {
  AppError,
  AuthenticationUnavailableError,
  BadUserInputError,
  ClaimsUnavailableError,
  ExplainedForbiddenError,
  ForbiddenError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  LimitExceededError,
  NotFoundError,
  OperationTooComplexError,
  UnauthenticatedError,
} from '../errors.ts';

/** Told of every failure that is hidden from the client, with the id that the client got instead. */
export type ReportInternalError = (errorId: string, error: unknown) => void;

/** Apollo Server's hook: the error as it would go out, and as it was thrown. */
export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** Codes of errors in the GraphQL request itself, made by Apollo Server and graphql-js: they speak of what the client sent. */
export const requestErrorCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
]);

/**
 * The only place that decides what a client reads of an error. Nothing of an error's own message gets out, but for
 * BAD_USER_INPUT, which repeats what the client sent, and for the text that a graphql-shield rule denies with. Whatever is not known is masked: the client gets an `errorId`, the
 * log gets the error under the same id.
 */
export function createFormatError(report: ReportInternalError): FormatError {
  return (formatted, error) => {
    const cause = causeOf(error);
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    if (cause instanceof AppError) {
      const known = describe(cause);
      if (known) return { message: known.message, ...place, extensions: { code: cause.code, ...known.details } };
    }
    const code = formatted.extensions?.code;
    if (cause instanceof GraphQLError && requestErrorCodes.has(code)) {
      const isIntrospection =
        cause.extensions.validationErrorCode === ApolloServerValidationErrorCode.INTROSPECTION_DISABLED;
      // Apollo Server (5.5.1) would name itself, and tell the client how to configure it.
      const message = isIntrospection ? 'The schema is not shown here: introspection is off.' : formatted.message;
      return { message, ...place, extensions: { code } };
    }
    if (isArgumentError(cause)) return { message: cause.message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
    // graphql-js's parser is recursive, and a document can be nested more deeply than the stack goes.
    if (cause instanceof RangeError && code === 'GRAPHQL_PARSE_FAILED') {
      return { message: 'Syntax Error: the document is nested too deeply.', extensions: { code } };
    }
    const errorId = randomUUID();
    report(errorId, cause);
    return {
      message: 'Something went wrong on our side. Quote the errorId when you report it.',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  };
}

/** What a resolver or a guard threw, below the GraphQLErrors that graphql-js and Apollo Server put around it. */
export function causeOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

/**
 * Whether graphql-js could not coerce an argument while executing: null from a variable for a non-null argument with a
 * default, say. It sets no code; Apollo Server does so for variables only (5.5.1). The text speaks of what was sent.
 */
function isArgumentError(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && !error.originalError && /^Argument "\w+" /.test(error.message);
}

/** The text and the details of each code; undefined for internal errors, which have neither. */
function describe(error: AppError): { readonly message: string; readonly details?: object } | undefined {
  if (error instanceof UnauthenticatedError) {
    return { message: unauthenticated[error.reason](error.hint), details: { reason: error.reason } };
  }
  if (error instanceof InsufficientScopeError) {
    const { requiredScopes } = error;
    return { message: `The access token lacks scope: ${requiredScopes.join(' ')}.`, details: { requiredScopes } };
  }
  if (error instanceof InsufficientUserAuthenticationError) {
    const { maxAgeSeconds } = error;
    return { message: `Sign in again: no longer than ${maxAgeSeconds} seconds ago.`, details: { maxAgeSeconds } };
  }
  if (error instanceof ExplainedForbiddenError) return { message: error.clientMessage };
  if (error instanceof ForbiddenError) return { message: 'You may not do this.' };
  if (error instanceof NotFoundError) return { message: 'There is no such object.' };
  if (error instanceof LimitExceededError) {
    return { message: `The limit is ${error.limit}.`, details: { limit: error.limit } };
  }
  if (error instanceof BadUserInputError) {
    const { field, expected, got } = error;
    return { message: `${field}: expected ${expected}; got ${got}.`, details: { field, expected, got } };
  }
  if (error instanceof OperationTooComplexError) {
    const { counted, cost, limit } = error;
    return {
      message: `The operation has ${cost} ${units[counted]}; the limit is ${limit}.`,
      details: { limit, cost, counted },
    };
  }
  if (error instanceof ClaimsUnavailableError) {
    return { message: 'Your permissions cannot be looked up right now. Try again.', details: { retryable: true } };
  }
  if (error instanceof AuthenticationUnavailableError) {
    return { message: 'Your access token cannot be checked right now. Try again.', details: { retryable: true } };
  }
  return undefined;
}

const units = {
  fields: 'fields, with each fragment counted wherever it is spread',
  rootFields: 'root fields',
  depth: 'levels of fields',
};

const unauthenticated = {
  missing: () => 'Sign in first: send an access token as "Authorization: Bearer …".',
  expired: () => 'The access token expired: refresh it and try again.',
  invalid: (hint: string | undefined) => `The access token was not accepted${hint === undefined ? '' : `: ${hint}`}.`,
};
