import { OAuthError } from './oauthError.ts';

/**
 * Parameters of a request to an OAuth endpoint. RFC 6749 section 3.1: one without a value counts as omitted, and none
 * may come twice.
 */
export interface OAuthParameters {
  get(name: string): string | undefined;
  /** Names that came more than once. */
  readonly repeated: readonly string[];
}

/** Parses `application/x-www-form-urlencoded` text: a request body, or the part of a URL after the question mark. */
export function parseOAuthParameters(text: string): OAuthParameters {
  const parameters = new URLSearchParams(text);
  const names = [...parameters.keys()];
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return { get: (name) => parameters.get(name) || undefined, repeated };
}

/** The parameters of a URL as Fastify gives it (path and query). */
export function readQuery(url: string): OAuthParameters {
  const start = url.indexOf('?');
  return parseOAuthParameters(start === -1 ? '' : url.slice(start + 1));
}

/** The parameters of a form body. @throws OAuthError when there is none, or when one comes twice */
export function readForm(body: unknown): OAuthParameters {
  if (typeof body !== 'string') {
    throw new OAuthError('invalid_request', 'expected a body of type application/x-www-form-urlencoded');
  }
  const parameters = parseOAuthParameters(body);
  if (parameters.repeated.length > 0) throw new OAuthError('invalid_request', 'a parameter came more than once');
  return parameters;
}
