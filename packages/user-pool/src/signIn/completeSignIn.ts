import { randomUUID } from 'node:crypto';
import type { PoolUser } from '../config/poolConfig.ts';
import { scopesOfUser } from '../config/scopes.ts';
import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts';
import { toRedirectBack } from '../oauth/redirectBack.ts';
import type { PoolContext } from '../poolContext.ts';

/**
 * The address to return to, for somebody who signed in at `authTime` (seconds since the epoch), now or earlier in this
 * session: with a code, or with an error when they may have none of the scopes.
 */
export function completeSignIn(
  { codes }: Pick<PoolContext, 'codes'>,
  request: AuthorizationRequest,
  { user, authTime }: { readonly user: PoolUser; readonly authTime: number },
): string {
  const { clientId, redirectUri, codeChallenge, nonce, state } = request;
  const allowed = scopesOfUser(user);
  // RFC 6749 section 3.3: the server may grant less than was asked, and then says so in the token response.
  const scopes = request.scopes.filter((scope) => allowed.includes(scope));
  if (scopes.length === 0) {
    const description = 'the user may have none of the scopes; prompt=login lets another one sign in';
    return toRedirectBack(redirectUri, { error: 'invalid_scope', error_description: description, state });
  }
  const { username } = user;
  const code = codes.issue({
    signIn: { username, clientId, scopes, authTime, originTokenId: randomUUID(), eventId: randomUUID() },
    requestedScopes: request.scopes,
    redirectUri,
    codeChallenge,
    nonce,
  });
  return toRedirectBack(redirectUri, { code, state });
}
