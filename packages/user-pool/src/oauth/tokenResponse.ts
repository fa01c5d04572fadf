import type { PoolContext } from '../poolContext.ts';
import type { SignIn } from '../signIn/signIn.ts';
import { toUserTokens } from '../tokens/userTokens.ts';
import { OAuthError } from './oauthError.ts';

/** RFC 6749 section 5.1, with `id_token` of OpenID Connect Core section 3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
  readonly token_type: 'Bearer';
  /** Only where it is not what the client asked for. */
  readonly scope?: string;
}

export function toTokenResponse({ tokenSeconds }: PoolContext, accessToken: string): TokenResponse {
  return { access_token: accessToken, expires_in: tokenSeconds, token_type: 'Bearer' };
}

/** The access token of a sign-in and, with the scope `openid`, its ID token. */
export function issueUserTokens(context: PoolContext, signIn: SignIn, nonce: string | undefined): TokenResponse {
  const tokens = toUserTokens(context, signIn, 'with-at-hash', nonce);
  if (tokens === undefined) throw new OAuthError('invalid_grant', 'the user is not in the pool any more');
  const response = toTokenResponse(context, tokens.accessToken);
  return signIn.scopes.includes('openid') ? { id_token: tokens.idToken, ...response } : response;
}
