import { createPrincipal, UnauthenticatedError, type VerifyToken } from 'claimgraph';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const clients = new Map<unknown, 'user' | 'machine'>([
  ['library-web', 'user'],
  ['library-reports', 'machine'],
]);
const outages = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

export function createVerifyToken(issuer: string): VerifyToken {
  const keys = createRemoteJWKSet(new URL(`${issuer}/keys`));
  const checks = { issuer, audience: 'library-api', algorithms: ['RS256'], typ: 'at+jwt', requiredClaims: ['exp'] };
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, checks).catch(refuse);
    const kind = clients.get(payload.client_id);
    if (kind === undefined) throw new UnauthenticatedError('invalid', '"client_id" is another client');
    return createPrincipal({
      kind,
      issuer,
      subject: kind === 'user' ? payload.sub : payload.client_id,
      clientId: payload.client_id,
      scopes: payload.scope,
      authTime: payload.auth_time ?? 0,
      issuedAt: payload.iat,
      expiresAt: payload.exp,
    });
  };
}

/** The token is at fault, or else the error stays what it is: then nobody can tell. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired) throw new UnauthenticatedError('expired', 'the token is past its "exp"');
  if (!(error instanceof errors.JOSEError) || outages.includes(error.code)) throw error;
  throw new UnauthenticatedError('invalid', `refused by jose: ${error.code}`);
}
