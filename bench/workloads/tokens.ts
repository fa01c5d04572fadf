import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const userPoolId = 'eu-west-1_BenchPool';
const issuer = `https://cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`;
const clientId = 'bench7client';
const kid = 'bench-key';

/** A made-up Cognito user pool: what its tokens are verified with, and how they are made. */
export interface BenchPool {
  readonly issuer: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly jwks: { readonly keys: readonly object[] };
  issueToken(subject: string, scope: string): string;
}

export function createPool(): BenchPool {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
  return {
    issuer,
    userPoolId,
    clientId,
    jwks: { keys: [jwk] },
    issueToken: (subject, scope) => signToken(claimsOf(subject, scope), privateKey),
  };
}

/** The claims of a Cognito access token, valid for longer than any bench takes. */
function claimsOf(subject: string, scope: string) {
  const now = Math.floor(Date.now() / 1000);
  return {
    sub: subject,
    iss: issuer,
    version: 2,
    client_id: clientId,
    origin_jti: '5ca1ab1e-0001-4000-8000-000000000001',
    event_id: '5ca1ab1e-0002-4000-8000-000000000002',
    token_use: 'access',
    scope,
    auth_time: now,
    iat: now,
    exp: now + 8 * 3_600,
    jti: '5ca1ab1e-0003-4000-8000-000000000003',
    username: subject,
  };
}

function signToken(claims: object, key: KeyObject): string {
  const input = `${toBase64Url({ kid, alg: 'RS256' })}.${toBase64Url(claims)}`;
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), key).toString('base64url')}`;
}

function toBase64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
