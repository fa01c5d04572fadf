import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { AppError } from '../errors.ts';
import { isThenable } from '../logic/maybePromise.ts';
import { causeOf, isGuardError, ourFault } from './guardError.ts';

/** Told of every failure that is hidden from the client, with the id that the client got instead. */
export type ReportInternalError = (errorId: string, error: unknown) => void;

/** Apollo Server's hook: the error as it would go out, and as it was thrown. */
export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * Whether a GraphQLError that a resolver threw, with an `extensions.code` of its own, may be read by clients as it is:
 * its message and its extensions but `http` and `stacktrace`. Asked of nothing that has no code.
 */
export type ExposeError = (error: GraphQLError) => boolean;

export interface FormatErrorOptions {
  /** Nothing of the kind is shown unless given: it is masked. */
  readonly exposeErrors?: ExposeError | undefined;
  /** Whether to leave out names of the schema that graphql-js proposes for a misspelt one. */
  readonly hideSuggestions?: boolean | undefined;
}

/** Codes of errors in the GraphQL request itself, made by Apollo Server and graphql-js: they speak of what the client sent. */
export const requestErrorCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
]);

/**
 * The only place that decides what a client reads of an error: of an AppError its `clientMessage`, `details` and `code`;
 * what the server says of the request itself; and what `exposeErrors` lets through. Nothing else of an error's own message
 * gets out: it is masked, the client gets an `errorId`, and the log gets the error under the same id.
 */
export function createFormatError(report: ReportInternalError, options: FormatErrorOptions = {}): FormatError {
  return (formatted, error) => {
    const cause = causeOf(error);
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    if (cause instanceof AppError && cause.clientMessage !== undefined) {
      return {
        message: cause.clientMessage,
        ...place,
        extensions: { ...toExtensions(cause.details), code: cause.code },
      };
    }
    const exposed = cause instanceof AppError ? undefined : findExposed(error, options.exposeErrors);
    if (exposed) return { message: exposed.message, ...place, extensions: toExtensions(exposed.extensions) };
    const code = formatted.extensions?.code;
    const codeOfRequest = requestErrorCode(error, code);
    if (codeOfRequest !== undefined) {
      const message = messageOfRequest(formatted.message, cause, options);
      return { message, ...place, extensions: { code: codeOfRequest } };
    }
    // graphql-js's parser is recursive, and a document can be nested more deeply than the stack goes.
    if (cause instanceof RangeError && code === 'GRAPHQL_PARSE_FAILED') {
      return { message: 'Syntax Error: the document is nested too deeply.', extensions: { code } };
    }
    const errorId = randomUUID();
    report(errorId, cause);
    return {
      message: `${ourFault} Quote the errorId when you report it.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
    };
  };
}

/** The outermost of the GraphQLErrors that a resolver made which may be shown. */
function findExposed(error: unknown, expose: ExposeError | undefined): GraphQLError | undefined {
  if (!expose) return undefined;
  for (let next = error; next instanceof GraphQLError; next = next.originalError) {
    if (typeof next.extensions.code !== 'string' || isWrapper(next)) continue;
    const answer: unknown = expose(next);
    if (answer === true) return next;
    // Nobody else hears of the rejection of one that is asynchronous; it exposes nothing.
    if (isThenable(answer)) Promise.resolve(answer).catch(() => {});
  }
  return undefined;
}

/** graphql-js puts a GraphQLError around whatever was thrown, with the same `extensions` if that has any. */
function isWrapper({ originalError, extensions }: GraphQLError): boolean {
  return originalError !== undefined && 'extensions' in originalError && originalError.extensions === extensions;
}

/** Without what would set the HTTP head of the response, and what is for the log. */
function toExtensions(all: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> {
  const { http: _http, stacktrace: _stacktrace, ...shown } = all ?? {};
  return shown;
}

/**
 * The code of an error that speaks of what the client sent; undefined for any other. A scalar can refuse a value by whatever
 * error: what graphql-js makes of it while it validates a document, or coerces a variable, is about the value all the same.
 */
function requestErrorCode(error: unknown, code: unknown): unknown {
  if (!(error instanceof GraphQLError)) return undefined;
  const cause = causeOf(error);
  const isBeforeFields = error.path === undefined;
  const isOfVariable = isBeforeFields && error.nodes?.length === 1 && error.nodes[0]?.kind === Kind.VARIABLE_DEFINITION;
  if (isOfVariable || isArgumentError(cause)) return 'BAD_USER_INPUT';
  const isOfRequest = cause instanceof GraphQLError || (isBeforeFields && code === 'GRAPHQL_VALIDATION_FAILED');
  return isOfRequest && requestErrorCodes.has(code) ? code : undefined;
}

function messageOfRequest(message: string, cause: unknown, { hideSuggestions }: FormatErrorOptions): string {
  // Apollo Server (5.5.1) would name itself, and tell the client how to configure it.
  if (cause instanceof GraphQLError && cause.extensions.validationErrorCode === 'INTROSPECTION_DISABLED') {
    return 'Introspection is disabled.';
  }
  if (message.startsWith('This operation has been blocked as a potential Cross-Site Request Forgery')) {
    return 'Any web page could have a browser send such a request. Send a POST with content-type: application/json, or the header apollo-require-preflight: true.';
  }
  // Apollo Server does the same for validation only (5.5.1), and not for variables.
  return hideSuggestions ? message.replace(/ Did you mean .*\?$/s, '') : message;
}

/**
 * Whether graphql-js could not coerce an argument while executing: null from a variable for a non-null argument with a
 * default, say. It sets no code; Apollo Server does so for variables only (5.5.1). The text speaks of what was sent.
 */
function isArgumentError(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && !error.originalError && /^Argument "\w+" /.test(error.message);
}

/**
 * Whether an error is still to be formatted before a client reads it, in a host that shows errors as they are: an AppError
 * that a resolver has thrown, whose message is for the log, or a failure of a guard, of which the log is to be told.
 */
export function isUnformatted(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof AppError && (!isGuardError(error) || cause.clientMessage === undefined);
}
