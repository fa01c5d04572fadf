import { type DemoUser, demoUsers } from '../../demoUsers.ts';

/** One sign-in of a person through a client; all tokens that come from it carry its ids. */
export interface SignIn {
  readonly username: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly originTokenId: string;
  readonly eventId: string;
}

export function findUser(username: string): DemoUser | undefined {
  return demoUsers.find((user) => user.username === username);
}

export function emailOf(user: DemoUser): string {
  return `${user.username}@example.com`;
}
