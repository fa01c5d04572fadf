/**
 * Whose access token a JWT is: its issuer and subject. The signature is not checked, for nothing is decided by it but
 * which caches to drop. Throws a TypeError for what is no JWT with `sub`, without saying what it is.
 */
export function subjectOf(token: string): string {
  const claims = parseClaims(token.split('.')[1] ?? '');
  if (typeof claims.sub === 'string') return `${claims.iss} ${claims.sub}`;
  throw new TypeError('expected a JWT with "sub"; for other tokens give the option subjectOf');
}

function parseClaims(segment: string): { readonly iss?: unknown; readonly sub?: unknown } {
  try {
    return JSON.parse(atob(segment.replaceAll('-', '+').replaceAll('_', '/'))) ?? {};
  } catch {
    // What the decoders say quotes the token.
    return {};
  }
}
