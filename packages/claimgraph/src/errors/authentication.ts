import { AppError } from './appError.ts';

/** Why a bearer token was not accepted; `missing` means that none was sent. */
export type UnauthenticatedReason = 'missing' | 'expired' | 'invalid';

interface UnauthenticatedOptions extends ErrorOptions {
  readonly hint?: string;
  readonly caller?: Readonly<Record<string, unknown>>;
}

/** RFC 6750 section 3.1 `invalid_token`, or no credentials at all (`missing`). `hint` is safe to show to the client. */
export class UnauthenticatedError extends AppError<{ readonly reason: UnauthenticatedReason }> {
  readonly code = 'UNAUTHENTICATED';
  readonly httpStatus = 401;
  readonly clientMessage: string;
  override readonly actionability = 4;
  readonly reason: UnauthenticatedReason;
  readonly hint: string | undefined;
  /** Whose token it is, for the log; only of a genuine one that was revoked. */
  readonly caller: Readonly<Record<string, unknown>> | undefined;

  constructor(reason: UnauthenticatedReason, message: string, options: UnauthenticatedOptions = {}) {
    const { hint, caller, ...others } = options;
    super(message, { ...others, details: { reason }, challenge: challengeOf(reason, hint) });
    this.clientMessage = clientMessages[reason](hint);
    this.reason = reason;
    this.hint = hint;
    this.caller = caller;
  }
}

const clientMessages = {
  missing: () => 'Sign in first: send an access token as "Authorization: Bearer …".',
  expired: () => 'The access token expired: refresh it and try again.',
  invalid: (hint: string | undefined) => `The access token was not accepted${hint === undefined ? '' : `: ${hint}`}.`,
};

const descriptions = {
  expired: 'the access token expired; refresh it',
  invalid: 'the access token was not accepted',
};

function challengeOf(reason: UnauthenticatedReason, hint: string | undefined): Readonly<Record<string, string>> {
  // RFC 6750 section 3.1: a request without a token gets no error code.
  if (reason === 'missing') return {};
  return { error: 'invalid_token', error_description: hint ?? descriptions[reason] };
}

/** RFC 6750 section 3.1 `insufficient_scope`: the token lacks scopes that the field asks for. */
export class InsufficientScopeError extends AppError<{ readonly requiredScopes: readonly string[] }> {
  readonly code = 'INSUFFICIENT_SCOPE';
  readonly httpStatus = 403;
  readonly clientMessage: string;
  override readonly actionability = 2;
  readonly requiredScopes: readonly string[];

  constructor(requiredScopes: readonly string[]) {
    const scope = requiredScopes.join(' ');
    super(`the token lacks scope: ${scope}`, {
      details: { requiredScopes },
      challenge: {
        error: 'insufficient_scope',
        error_description: 'the access token lacks a scope that this needs',
        scope,
      },
    });
    this.clientMessage = `The access token lacks scope: ${scope}.`;
    this.requiredScopes = requiredScopes;
  }
}

/** RFC 9470: the sign-in is older than the field allows. */
export class InsufficientUserAuthenticationError extends AppError<{ readonly maxAgeSeconds: number }> {
  readonly code = 'INSUFFICIENT_USER_AUTHENTICATION';
  readonly httpStatus = 401;
  readonly clientMessage: string;
  override readonly actionability = 3;

  constructor(maxAgeSeconds: number) {
    super(`the sign-in must be no older than ${maxAgeSeconds} s`, {
      details: { maxAgeSeconds },
      challenge: {
        error: 'insufficient_user_authentication',
        error_description: 'this needs a more recent sign-in',
        max_age: String(maxAgeSeconds),
      },
    });
    this.clientMessage = `Sign in again: no longer than ${maxAgeSeconds} seconds ago.`;
  }
}
