import { findClient, type PoolClient } from '../config/poolConfig.ts';
import type { PoolContext } from '../poolContext.ts';
import { secretsEqual } from '../state/opaqueToken.ts';
import { OAuthError } from './oauthError.ts';
import type { OAuthParameters } from './oauthParameters.ts';

interface Credentials {
  readonly clientId: string;
  /** Undefined where the client sent none, as a public client does. */
  readonly secret: string | undefined;
}

/**
 * The client of a request to the token or revocation endpoint: `client_secret_basic`, `client_secret_post`, or only its id
 * for a public client (RFC 6749 section 2.3.1 and 3.2.1).
 * @throws OAuthError the same one for an unknown client and for a wrong secret, and another after many of these
 */
export function authenticateClient(
  { config, secretGuesses }: Pick<PoolContext, 'config' | 'secretGuesses'>,
  authorization: string | undefined,
  parameters: OAuthParameters,
): PoolClient {
  // RFC 6749 section 5.2: 401 when the client tried the Authorization header.
  const failed = (description = 'client authentication failed') =>
    new OAuthError('invalid_client', description, authorization === undefined ? 400 : 401);
  const credentials = authorization === undefined ? readBody(parameters) : readBasic(authorization);
  if (credentials === undefined) throw failed();
  if (authorization !== undefined && (parameters.get('client_secret') ?? '') !== '') {
    throw new OAuthError('invalid_request', 'the client must authenticate in one way only');
  }
  const clientId = parameters.get('client_id');
  if (clientId !== undefined && clientId !== credentials.clientId) throw failed();

  const client = findClient(config, credentials.clientId);
  if (client === undefined) throw failed();
  const { secret = '' } = credentials;
  if (client.kind === 'user') {
    // It has no secret, so there is nothing to guess.
    if (secret === '') return client;
    throw failed();
  }
  const attempt = secretGuesses.attempt(client.clientId, () => secretsEqual(client.clientSecret, secret));
  if (attempt.outcome === 'right') return client;
  if (attempt.outcome === 'wrong') throw failed();
  throw failed(`too many wrong secrets; wait ${attempt.waitSeconds} s`);
}

function readBody(parameters: OAuthParameters): Credentials | undefined {
  const clientId = parameters.get('client_id');
  return clientId === undefined ? undefined : { clientId, secret: parameters.get('client_secret') };
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined and put in base64. */
function readBasic(authorization: string): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  try {
    return { clientId: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
