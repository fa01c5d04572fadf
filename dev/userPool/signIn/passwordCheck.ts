import { findUser, type PoolUser } from '../config/poolConfig.ts';
import type { PoolContext } from '../poolContext.ts';
import { secretsEqual } from '../state/opaqueToken.ts';

export type PasswordCheck =
  | { readonly outcome: 'right'; readonly user: PoolUser }
  /** The same for a wrong password and for a user who is not there. */
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'too-many'; readonly waitSeconds: number };

/** Says whether somebody proves to be this user; `isProof` is asked only while guesses are not throttled. */
export function checkProof(
  { config, passwordGuesses }: Pick<PoolContext, 'config' | 'passwordGuesses'>,
  username: string,
  isProof: (user: PoolUser) => boolean,
): PasswordCheck {
  const user = findUser(config, username);
  if (user === undefined) return { outcome: 'wrong' };
  const attempt = passwordGuesses.attempt(user.username, () => isProof(user));
  return attempt.outcome === 'right' ? { outcome: 'right', user } : attempt;
}

export function checkPassword(
  context: Pick<PoolContext, 'config' | 'passwordGuesses'>,
  username: string,
  password: string,
): PasswordCheck {
  return checkProof(context, username, (user) => secretsEqual(user.password, password));
}
