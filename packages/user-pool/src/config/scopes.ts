/** What every Cognito pool has besides the scopes of its resource servers, in words for the sign-in page. */
const standardScopeWords: Readonly<Record<string, string>> = {
  openid: 'know who you are',
  profile: 'read your profile',
  email: 'read your e-mail address',
  phone: 'read your phone number',
  'aws.cognito.signin.user.admin': 'read and end your own sign-ins through the JSON API',
};

export const standardScopes: readonly string[] = Object.keys(standardScopeWords);

/** The one scope of a sign-in through the JSON API, whatever the client may ask for elsewhere. */
export const jsonApiScope = 'aws.cognito.signin.user.admin';

/** The scopes that a client may get on this user's behalf. */
export function scopesOfUser(user: { readonly scopes: readonly string[] }): readonly string[] {
  return [...standardScopes, ...user.scopes];
}

/** What a scope allows; itself where nobody said. */
export function describeScope(config: { readonly scopes: Readonly<Record<string, string>> }, scope: string): string {
  const words = Object.hasOwn(config.scopes, scope) ? config.scopes[scope] : standardScopeWords[scope];
  return words || scope;
}

/** RFC 6749 section 3.3: names separated by spaces, case-sensitive, in any order. Each is given once. */
export function splitScope(scope: string): readonly string[] {
  return [...new Set(scope.split(' ').filter((name) => name !== ''))];
}
