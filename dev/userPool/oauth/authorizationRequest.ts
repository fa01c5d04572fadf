import { findClient } from '../config/poolClients.ts';
import { splitScope } from '../config/scopes.ts';
import type { OAuthParameters } from './oauthParameters.ts';

/** An authorization request that may go on to the sign-in page. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly codeChallenge: string;
  readonly loginHint: string | undefined;
}

/** RFC 6749 section 4.1.2.1, and OpenID Connect Core section 3.1.2.6. */
type AuthorizationErrorCode =
  | 'invalid_request'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'access_denied'
  | 'login_required';

interface AuthorizationError {
  readonly error: AuthorizationErrorCode;
  readonly description: string;
}

export type ParsedAuthorizationRequest =
  | { readonly outcome: 'accepted'; readonly request: AuthorizationRequest }
  /** The client or its address is not known: the browser is told, and sent nowhere. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** The client is told, at its registered address. */
  | {
      readonly outcome: 'returned';
      readonly redirectUri: string;
      readonly state: string | undefined;
      readonly error: AuthorizationError;
    };

/** Validates an authorization request: RFC 6749 section 4.1.1 with PKCE S256 (RFC 7636), which every client must use. */
export function parseAuthorizationRequest(parameters: OAuthParameters): ParsedAuthorizationRequest {
  const refused = (reason: string) => ({ outcome: 'refused', reason }) as const;
  const addressed = ['client_id', 'redirect_uri'].find((name) => parameters.repeated.includes(name));
  if (addressed) return refused(`${addressed} must come once.`);
  const clientId = parameters.get('client_id');
  const redirectUri = parameters.get('redirect_uri');
  const client = clientId === undefined ? undefined : findClient(clientId);
  if (client?.kind !== 'user') return refused('client_id must name a client that people sign in through.');
  if (redirectUri === undefined || !client.redirectUris.includes(redirectUri)) {
    return refused(`redirect_uri must be one of those registered for ${client.clientId}, character by character.`);
  }

  const state = parameters.repeated.includes('state') ? undefined : parameters.get('state');
  const scope = parameters.get('scope');
  const scopes = scope === undefined ? client.scopes : splitScope(scope);
  const codeChallenge = parameters.get('code_challenge') ?? '';
  const error = findError(parameters, { scopes, allowedScopes: client.scopes, codeChallenge });
  if (error) return { outcome: 'returned', redirectUri, state, error };
  return {
    outcome: 'accepted',
    request: {
      clientId: client.clientId,
      redirectUri,
      scopes,
      state,
      nonce: parameters.get('nonce'),
      codeChallenge,
      loginHint: parameters.get('login_hint'),
    },
  };
}

function findError(
  parameters: OAuthParameters,
  asked: {
    readonly scopes: readonly string[];
    readonly allowedScopes: readonly string[];
    readonly codeChallenge: string;
  },
): AuthorizationError | undefined {
  const invalid = (description: string) => ({ error: 'invalid_request', description }) as const;
  if (parameters.repeated.length > 0) return invalid('a parameter came more than once');
  const responseType = parameters.get('response_type');
  if (responseType === undefined) return invalid('response_type is missing; expected code');
  if (responseType !== 'code')
    return { error: 'unsupported_response_type', description: 'expected response_type code' };
  if ((parameters.get('response_mode') ?? 'query') !== 'query') return invalid('expected response_mode query');
  if (asked.codeChallenge === '') return invalid('code_challenge is missing: PKCE is required');
  // RFC 7636 section 4.3: without a method it is "plain", which shows the verifier to whoever sees the request.
  if (parameters.get('code_challenge_method') !== 'S256') return invalid('expected code_challenge_method S256');
  if (!/^[A-Za-z0-9_-]{43}$/.test(asked.codeChallenge)) return invalid('code_challenge must be a base64url SHA-256');
  if (asked.scopes.length === 0 || !asked.scopes.every((scope) => asked.allowedScopes.includes(scope))) {
    return { error: 'invalid_scope', description: 'a scope is not known to this client' };
  }
  // Nobody is ever signed in already: the pool keeps no session.
  if (parameters.get('prompt') === 'none') return { error: 'login_required', description: 'nobody is signed in' };
  return undefined;
}
