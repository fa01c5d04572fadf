import { CognitoJwtVerifier } from 'aws-jwt-verify';

/**
 * Authorization header → caller, for every contender that has no verifier of its own: aws-jwt-verify as its
 * documentation sets it up, with the keys preloaded, and then the caller's claims. Rejects when the token is no good.
 */
export function createReadCaller({ userPoolId, clientId, jwks, claims }) {
  const verifier = CognitoJwtVerifier.create({ userPoolId, tokenUse: 'access', clientId });
  verifier.cacheJwks(jwks);
  const source = new Map(Object.entries(claims));
  return async (authorization) => {
    const token = await verifier.verify(authorization?.replace(/^Bearer /, '') ?? '');
    return { scope: token.scope, scopes: new Set(token.scope.split(' ')), claims: source.get(token.sub) };
  };
}
