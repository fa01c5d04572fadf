import {
  type AppError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  UnauthenticatedError,
} from '../errors.ts';

/**
 * The `WWW-Authenticate` header that goes with an error (RFC 6750 section 3, RFC 9470 section 3), or undefined for an
 * error that other credentials would not cure.
 */
export function toChallenge(error: AppError): string | undefined {
  if (error instanceof UnauthenticatedError) {
    // RFC 6750 section 3.1: a request without a token gets no error code.
    if (error.reason === 'missing') return challenge({});
    return challenge({ error: 'invalid_token', error_description: error.hint ?? descriptions[error.reason] });
  }
  if (error instanceof InsufficientScopeError) {
    return challenge({
      error: 'insufficient_scope',
      error_description: 'the access token lacks a scope that this needs',
      scope: error.requiredScopes.join(' '),
    });
  }
  if (error instanceof InsufficientUserAuthenticationError) {
    return challenge({
      error: 'insufficient_user_authentication',
      error_description: 'this needs a more recent sign-in',
      max_age: String(error.maxAgeSeconds),
    });
  }
  return undefined;
}

const descriptions = {
  expired: 'the access token expired; refresh it',
  invalid: 'the access token was not accepted',
} as const;

function challenge(attributes: Readonly<Record<string, string>>): string {
  const pairs = Object.entries({ realm: 'claimgraph', ...attributes });
  return `Bearer ${pairs.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}`;
}

/** RFC 6750 section 3 allows neither quotes nor backslashes inside, so nothing needs escaping; other characters become "?". */
function quote(value: string): string {
  return `"${value.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?')}"`;
}
