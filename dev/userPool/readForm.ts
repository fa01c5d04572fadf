import { OAuthError } from './oauthError.ts';
import { type OAuthParameters, parseOAuthParameters } from './oauthParameters.ts';

/** The parameters of a form body. @throws OAuthError when there is none, or when one comes twice */
export function readForm(body: unknown): OAuthParameters {
  if (typeof body !== 'string') {
    throw new OAuthError('invalid_request', 'expected a body of type application/x-www-form-urlencoded');
  }
  const parameters = parseOAuthParameters(body);
  if (parameters.repeated.length > 0) throw new OAuthError('invalid_request', 'a parameter came more than once');
  return parameters;
}
