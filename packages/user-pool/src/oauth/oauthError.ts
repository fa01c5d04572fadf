/** RFC 6749 section 5.2, and section 2.2.1 of RFC 7009. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type';

/**
 * An OAuth endpoint refused a request. The message is sent as `error_description`, whose characters RFC 6749 limits
 * (no quotes, no backslash): it never repeats what the client sent.
 */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode;
  readonly status: 400 | 401;

  constructor(code: OAuthErrorCode, description: string, status: 400 | 401 = 400) {
    super(description);
    this.name = new.target.name;
    this.code = code;
    this.status = status;
  }
}
