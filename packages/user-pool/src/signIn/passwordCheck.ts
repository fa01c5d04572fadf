import { findUser, type PoolConfig, type PoolUser } from '../config/poolConfig.ts';
import { secretsEqual } from '../state/opaqueToken.ts';
import type { GuessThrottle } from './guessThrottle.ts';

/** What checking a password needs of a pool. */
export interface PasswordChecking {
  readonly config: PoolConfig;
  /** By user name. */
  readonly passwordGuesses: GuessThrottle;
}

export type PasswordCheck =
  | { readonly outcome: 'right'; readonly user: PoolUser }
  /** The same for a wrong password and for a user who is not there. */
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'too-many'; readonly waitSeconds: number };

/** Says whether somebody proves to be this user; `isProof` is asked only while guesses are not throttled. */
export function checkProof(
  { config, passwordGuesses }: PasswordChecking,
  username: string,
  isProof: (user: PoolUser) => boolean,
): PasswordCheck {
  const user = findUser(config, username);
  if (user === undefined) return { outcome: 'wrong' };
  const attempt = passwordGuesses.attempt(user.username, () => isProof(user));
  return attempt.outcome === 'right' ? { outcome: 'right', user } : attempt;
}

export function checkPassword(context: PasswordChecking, username: string, password: string): PasswordCheck {
  return checkProof(context, username, (user) => secretsEqual(user.password, password));
}
