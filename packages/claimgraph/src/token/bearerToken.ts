import { BadUserInputError, UnauthenticatedError } from '../errors.ts';
import { maxTokenLength } from './unverifiedToken.ts';

/** RFC 6750 section 2.1: `"Bearer" 1*SP b64token`; RFC 7235 section 2.1: the scheme is case-insensitive. */
const credentials = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Room for the scheme and a few spaces before the token. */
const maxHeaderLength = maxTokenLength + 16;

const hint = 'send one access token in the Authorization header with the Bearer scheme';

/**
 * The bearer token of a request, or undefined when it carries no Authorization header.
 *
 * Takes every Authorization header of the request (`request.headersDistinct.authorization` in Node), because a server
 * that silently takes the first of two can be made to see another token than the proxy in front of it saw. Throws
 * UnauthenticatedError for anything but one bearer token and BadUserInputError for more than one header. No message
 * quotes the header: a token without its scheme would be in it.
 */
export function readBearerToken(authorizationHeaders: readonly string[]): string | undefined {
  const [header] = authorizationHeaders;
  if (header === undefined) return undefined;
  if (authorizationHeaders.length > 1) {
    throw new BadUserInputError({
      field: 'Authorization header',
      expected: 'at most one',
      got: String(authorizationHeaders.length),
    });
  }
  const token = header.length > maxHeaderLength ? undefined : credentials.exec(header)?.[1];
  if (token === undefined || token.length > maxTokenLength) {
    throw new UnauthenticatedError(
      'invalid',
      `the Authorization header must be "Bearer" and one token of at most ${maxTokenLength} characters; got ${header.length} characters that are not`,
      { hint },
    );
  }
  return token;
}

/** Every Authorization header of a request, of Node's `rawHeaders`: its `headers` keep only the first. */
export function authorizationHeadersOf(rawHeaders: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') found.push(rawHeaders[index + 1] ?? '');
  }
  return found;
}
