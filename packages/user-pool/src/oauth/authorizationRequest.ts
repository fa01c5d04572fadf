import { findClient, type PoolConfig, type UserClient } from '../config/poolConfig.ts';
import { isRegisteredUri } from '../config/redirectUri.ts';
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
  readonly prompts: readonly Prompt[];
  /** How old a sign-in may be to do without another, in seconds. */
  readonly maxAgeSeconds: number | undefined;
}

const prompts = ['none', 'login', 'select_account', 'consent'] as const;

/** OpenID Connect Core section 3.1.2.1. The pool never asks for consent, whatever the client says. */
type Prompt = (typeof prompts)[number];

/** RFC 6749 section 4.1.2.1, and OpenID Connect Core section 3.1.2.6. */
type AuthorizationErrorCode = 'invalid_request' | 'unsupported_response_type' | 'invalid_scope';

interface AuthorizationError {
  readonly error: AuthorizationErrorCode;
  readonly description: string;
}

export type ParsedAuthorizationRequest =
  | { readonly outcome: 'accepted'; readonly request: AuthorizationRequest }
  /** The client or its address is not known: the browser is told what is registered, and sent nowhere. */
  | { readonly outcome: 'refused'; readonly reason: string; readonly registered: readonly string[] }
  /** The client is told, at its registered address. */
  | {
      readonly outcome: 'returned';
      readonly redirectUri: string;
      readonly state: string | undefined;
      readonly error: AuthorizationError;
    };

/** Validates an authorization request: RFC 6749 section 4.1.1 with PKCE S256 (RFC 7636), which every client must use. */
export function parseAuthorizationRequest(config: PoolConfig, parameters: OAuthParameters): ParsedAuthorizationRequest {
  const address = parseReturnAddress(config, parameters);
  if (address.outcome === 'refused') return address;
  const { client, redirectUri } = address;
  const state = parameters.repeated.includes('state') ? undefined : parameters.get('state');
  const scope = parameters.get('scope');
  const scopes = scope === undefined ? client.scopes : splitScope(scope);
  const codeChallenge = parameters.get('code_challenge') ?? '';
  const maxAge = parameters.get('max_age');
  const error = findError(parameters, { scopes, client, codeChallenge, source: config.source });
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
      prompts: prompts.filter((prompt) => splitScope(parameters.get('prompt') ?? '').includes(prompt)),
      maxAgeSeconds: maxAge === undefined ? undefined : Number(maxAge),
    },
  };
}

type ReturnAddress =
  | Extract<ParsedAuthorizationRequest, { readonly outcome: 'refused' }>
  | { readonly outcome: 'registered'; readonly client: UserClient; readonly redirectUri: string };

/** The client that a browser asks for, and where it is to be sent back to; both must be registered. */
export function parseReturnAddress(config: PoolConfig, parameters: OAuthParameters): ReturnAddress {
  const refused = (reason: string, registered: readonly string[] = []) => {
    return {
      outcome: 'refused',
      reason: `${reason} What is registered stands in ${config.source}.`,
      registered,
    } as const;
  };
  const repeated = ['client_id', 'redirect_uri'].find((name) => parameters.repeated.includes(name));
  if (repeated) return refused(`${repeated} must come once.`);
  const clientId = parameters.get('client_id');
  const redirectUri = parameters.get('redirect_uri');
  const client = clientId === undefined ? undefined : findClient(config, clientId);
  if (client?.kind !== 'user') {
    const known = config.clients.flatMap((one) => (one.kind === 'user' ? [one.clientId] : []));
    return refused('client_id must name a client that people sign in through.', known);
  }
  if (redirectUri === undefined || !isRegisteredUri(client.redirectUris, redirectUri)) {
    const rule = 'character by character; * stands for any port';
    return refused(`redirect_uri must be one of those of ${client.clientId}, ${rule}.`, client.redirectUris);
  }
  return { outcome: 'registered', client, redirectUri };
}

function findError(
  parameters: OAuthParameters,
  asked: {
    readonly scopes: readonly string[];
    readonly client: UserClient;
    readonly codeChallenge: string;
    readonly source: string;
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
  const { scopes, client, source } = asked;
  if (scopes.length === 0 || !scopes.every((scope) => client.scopes.includes(scope))) {
    return { error: 'invalid_scope', description: toScopeAdvice(scopes, client.scopes, source) };
  }
  const asks = splitScope(parameters.get('prompt') ?? '');
  if (!asks.every((ask) => prompts.some((prompt) => prompt === ask))) {
    return invalid(`expected prompt to be some of ${prompts.join(', ')}`);
  }
  if (asks.includes('none') && asks.length > 1) return invalid('prompt none must stand alone');
  if (!/^\d{1,9}$/.test(parameters.get('max_age') ?? '0')) return invalid('expected max_age in whole seconds');
  return undefined;
}

/** In the character set of `error_description`, and without a word of the request. */
function toScopeAdvice(asked: readonly string[], allowed: readonly string[], source: string): string {
  const where = source.replaceAll('\\', '/').replaceAll('"', '');
  // Other providers give refresh tokens for it; Cognito does not know it, and gives them with every code.
  const advice = asked.includes('offline_access') ? 'leave out offline_access: a refresh token comes without it; ' : '';
  return `${advice}expected some of ${allowed.join(' ')}; what is registered stands in ${where}`;
}
