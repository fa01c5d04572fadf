import { type DemoUser, demoUsers } from '../../demoUsers.ts';

/** What every user of a Cognito pool may be asked for, besides the scopes of resource servers. */
const standardScopes: readonly string[] = ['openid', 'profile', 'email', 'phone', 'aws.cognito.signin.user.admin'];

/** Every scope that some user may have. */
export const allUserScopes: readonly string[] = [
  ...new Set([...standardScopes, ...demoUsers.flatMap(({ scopes }) => scopes)]),
];

/** The scopes that a client may get on this user's behalf. */
export function scopesOfUser(user: DemoUser): readonly string[] {
  return [...standardScopes, ...user.scopes];
}

/** RFC 6749 section 3.3: names separated by spaces, case-sensitive, in any order. Each is given once. */
export function splitScope(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((name) => name !== ''))];
}
