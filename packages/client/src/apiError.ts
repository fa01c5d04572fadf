/** What the kit reads of a GraphQL error of the API: its text and path, and of its extensions what a client can act on. */
export interface ApiError {
  /** Written for people, by the API. */
  readonly message: string;
  readonly path: readonly (string | number)[];
  /** Empty where there was none. */
  readonly code: string;
  /** With UNAUTHENTICATED: `missing`, `expired` or `invalid`. */
  readonly reason: string | undefined;
  /** Whether the same operation may succeed in a while. */
  readonly isTemporary: boolean;
  /** With INSUFFICIENT_USER_AUTHENTICATION: how old a sign-in may be. */
  readonly maxAgeSeconds: number | undefined;
  /** With INSUFFICIENT_SCOPE: the scopes that the token lacks. */
  readonly requiredScopes: readonly string[];
}

/** The GraphQL errors of an answer; none for what is no list. */
export function parseErrors(errors: unknown): readonly ApiError[] {
  return Array.isArray(errors) ? errors.map(parseError) : [];
}

function parseError(error: unknown): ApiError {
  const { message, path, extensions } = Object(error);
  const { code, reason, retryable, maxAgeSeconds, requiredScopes } = Object(extensions);
  return {
    message: String(message ?? ''),
    path: Array.isArray(path) ? path : [],
    code: typeof code === 'string' ? code : '',
    reason: typeof reason === 'string' ? reason : undefined,
    isTemporary: retryable === true || code === 'RATE_LIMITED',
    maxAgeSeconds: typeof maxAgeSeconds === 'number' ? maxAgeSeconds : undefined,
    requiredScopes: Array.isArray(requiredScopes) ? requiredScopes : [],
  };
}
