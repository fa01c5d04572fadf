import { createHash } from 'node:crypto';
import type { PoolClient } from '../config/poolConfig.ts';
import type { PoolContext } from '../poolContext.ts';
import { endSignIn } from '../signIn/endSignIns.ts';
import { secretsEqual } from '../state/opaqueToken.ts';
import { OAuthError } from './oauthError.ts';
import type { OAuthParameters } from './oauthParameters.ts';
import { issueUserTokens, type TokenResponse } from './tokenResponse.ts';

/** RFC 6749 section 4.1.3 with RFC 7636 section 4.6: exchanges a code, once, for tokens. */
export function authorizationCodeGrant(context: PoolContext, client: PoolClient, form: OAuthParameters): TokenResponse {
  if (client.kind !== 'user') throw new OAuthError('unauthorized_client', 'this client has no users');
  const code = required(form, 'code');
  const redirectUri = required(form, 'redirect_uri');
  const verifier = required(form, 'code_verifier');

  const redemption = context.codes.redeem(code);
  if (redemption.outcome === 'unknown') throw refused('the code is unknown or has expired');
  const { grant } = redemption;
  if (redemption.outcome === 'replayed') {
    // RFC 9700 section 2.1.1 and RFC 6749 section 4.1.2: a code that comes twice was stolen, before or after its use.
    endSignIn(context, grant.signIn.originTokenId);
    throw refused('the code was used before; what it gave is revoked');
  }
  if (grant.signIn.clientId !== client.clientId) throw refused('the code was issued to another client');
  if (grant.redirectUri !== redirectUri) throw refused('redirect_uri differs from that of the authorization request');
  if (!isVerifierOf(verifier, grant.codeChallenge)) throw refused('code_verifier does not match code_challenge');

  const refreshToken = context.refreshTokens.issue(grant.signIn);
  const { scopes } = grant.signIn;
  const tokens = issueUserTokens(context, grant.signIn, grant.nonce);
  const narrowed = scopes.length < grant.requestedScopes.length ? { scope: scopes.join(' ') } : {};
  return { ...tokens, refresh_token: refreshToken, ...narrowed };
}

/** RFC 7636 section 4.1 for the verifier's alphabet and length, section 4.6 for the comparison. */
function isVerifierOf(verifier: string, challenge: string): boolean {
  const isWellFormed = /^[A-Za-z0-9._~-]{43,128}$/.test(verifier);
  return isWellFormed && secretsEqual(challenge, createHash('sha256').update(verifier, 'ascii').digest('base64url'));
}

function required(form: OAuthParameters, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `${name} is missing`);
  return value;
}

function refused(description: string): OAuthError {
  return new OAuthError('invalid_grant', description);
}
