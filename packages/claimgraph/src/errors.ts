/** Every code a client can meet in `errors[].extensions.code`. The table in README says when, and with which HTTP status. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'INSUFFICIENT_SCOPE'
  | 'INSUFFICIENT_USER_AUTHENTICATION'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'LIMIT_EXCEEDED'
  | 'BAD_USER_INPUT'
  | 'OPERATION_TOO_COMPLEX'
  | 'CLAIMS_UNAVAILABLE'
  | 'AUTHENTICATION_UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

/**
 * The root of every failure this project names. `message` is written for the log; what a client reads is made from
 * `code` and the typed details in `graphql/formatError.ts` and nowhere else.
 */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Something the process cannot start with. The message lists every problem and what to do; it never reaches a client. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Why a bearer token was not accepted; `missing` means that none was sent. */
export type UnauthenticatedReason = 'missing' | 'expired' | 'invalid';

interface UnauthenticatedOptions extends ErrorOptions {
  readonly hint?: string;
  readonly caller?: Readonly<Record<string, unknown>>;
}

/** RFC 6750 section 3.1 `invalid_token`, or no credentials at all (`missing`). `hint` is safe to show to the client. */
export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED';
  readonly reason: UnauthenticatedReason;
  readonly hint: string | undefined;
  /** Whose token it is, for the log; only of a genuine one that was revoked. */
  readonly caller: Readonly<Record<string, unknown>> | undefined;

  constructor(reason: UnauthenticatedReason, message: string, options: UnauthenticatedOptions = {}) {
    super(message, options);
    this.reason = reason;
    this.hint = options.hint;
    this.caller = options.caller;
  }
}

/** RFC 6750 section 3.1 `insufficient_scope`: the token lacks scopes that the field asks for. */
export class InsufficientScopeError extends AppError {
  readonly code = 'INSUFFICIENT_SCOPE';
  readonly requiredScopes: readonly string[];

  constructor(requiredScopes: readonly string[]) {
    super(`the token lacks scope: ${requiredScopes.join(' ')}`);
    this.requiredScopes = requiredScopes;
  }
}

/** RFC 9470: the sign-in is older than the field allows. */
export class InsufficientUserAuthenticationError extends AppError {
  readonly code = 'INSUFFICIENT_USER_AUTHENTICATION';
  readonly maxAgeSeconds: number;

  constructor(maxAgeSeconds: number) {
    super(`the sign-in must be no older than ${maxAgeSeconds} s`);
    this.maxAgeSeconds = maxAgeSeconds;
  }
}

/** A claims, arguments or row rule said no. `rule` is for the log; the client gets no reason. */
export class ForbiddenError extends AppError {
  readonly code = 'FORBIDDEN';
  readonly rule: string;

  constructor(rule: string, options?: ErrorOptions) {
    super(`denied by rule: ${rule}`, options);
    this.rule = rule;
  }
}

/** A denial that tells the client why: `clientMessage` was written for the client, by the rule's author. */
export class ExplainedForbiddenError extends ForbiddenError {
  readonly clientMessage: string;

  constructor(rule: string, clientMessage: string, options?: ErrorOptions) {
    super(rule, options);
    this.clientMessage = clientMessage;
  }
}

/** Absent, or present but outside the caller's rows: the same answer for both. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND';
}

/** A business limit refused an argument. */
export class LimitExceededError extends AppError {
  readonly code = 'LIMIT_EXCEEDED';
  readonly limit: number;

  constructor(message: string, limit: number) {
    super(message);
    this.limit = limit;
  }
}

/** The caller sent something unusable. All three details are shown to the client, so `got` must come from the client. */
export class BadUserInputError extends AppError {
  readonly code = 'BAD_USER_INPUT';
  readonly field: string;
  readonly expected: string;
  readonly got: string;

  constructor(details: { readonly field: string; readonly expected: string; readonly got: string }) {
    super(`${details.field}: expected ${details.expected}; got ${details.got}`);
    this.field = details.field;
    this.expected = details.expected;
    this.got = details.got;
  }
}

/** What the limits on an operation count. */
export type CountedOfOperation = 'fields' | 'rootFields' | 'depth';

/** The operation has more of something than the limits allow. `cost` is how many there are. */
export class OperationTooComplexError extends AppError {
  readonly code = 'OPERATION_TOO_COMPLEX';
  readonly counted: CountedOfOperation;
  readonly cost: number;
  readonly limit: number;

  constructor(counted: CountedOfOperation, cost: number, limit: number) {
    super(`the operation has ${counted}: ${cost}; the limit is ${limit}`);
    this.counted = counted;
    this.cost = cost;
    this.limit = limit;
  }
}

/** The business claims could not be read (down, slow or malformed). Retryable; never an allow and never a denial. */
export class ClaimsUnavailableError extends AppError {
  readonly code = 'CLAIMS_UNAVAILABLE';
  readonly retryAfterSeconds: number;

  constructor(message: string, options: ErrorOptions & { retryAfterSeconds?: number } = {}) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1;
  }
}

/** What verifies tokens, the keys or the deny list, could not be read. Retryable; it says nothing about the token. */
export class AuthenticationUnavailableError extends AppError {
  readonly code = 'AUTHENTICATION_UNAVAILABLE';
  readonly retryAfterSeconds: number;

  constructor(message: string, options: ErrorOptions & { retryAfterSeconds: number }) {
    super(message, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Something that should not happen; the client sees an `errorId` that the log carries. */
export class InternalError extends AppError {
  readonly code = 'INTERNAL_SERVER_ERROR';
}
