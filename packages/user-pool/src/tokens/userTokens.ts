import { findUser } from '../config/poolConfig.ts';
import type { PoolContext } from '../poolContext.ts';
import type { SignIn } from '../signIn/signIn.ts';

export interface UserTokens {
  readonly accessToken: string;
  readonly idToken: string;
}

/** The tokens of a sign-in as they are now; undefined when its user is not in the pool any more. */
export function toUserTokens(
  { config, tokens, tokenSeconds }: Pick<PoolContext, 'config' | 'tokens' | 'tokenSeconds'>,
  signIn: SignIn,
  // Tokens of the JSON API do not name each other, and have no nonce.
  idToken: 'with-at-hash' | 'alone',
  nonce?: string,
): UserTokens | undefined {
  const { username, clientId, scopes, authTime, originTokenId, eventId } = signIn;
  const user = findUser(config, username);
  if (user === undefined) return undefined;
  const shared = {
    username,
    subject: user.subject,
    clientId,
    authTime,
    originTokenId,
    eventId,
    expiresInSeconds: tokenSeconds,
    ...(user.groups !== undefined && { groups: user.groups }),
  };
  const accessToken = tokens.accessToken({ ...shared, scopes });
  const named = idToken === 'with-at-hash' ? { accessToken } : {};
  return { accessToken, idToken: tokens.idToken({ ...shared, ...named, email: user.email, nonce }) };
}
