import { createHmac, KeyObject, sign } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** Tokens of a made-up Cognito user pool, signed with real keys. Nothing here is a secret of anybody. */
export const testIssuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ClaimTest';
export const testUserClientId = 'spa7example';
export const testMachineClientId = 'reports7example';
export const testSubject = '3f0c2c1e-0001-4000-8000-000000020116';

export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As a JWKS shows it. */
  readonly jwk: JWK;
}

/** `undefined` leaves a claim or a header parameter out. */
export type Members = Readonly<Record<string, unknown>>;

export interface SigningOptions {
  readonly header?: Members;
  /** `current` unless given: the key that the pool signs with. */
  readonly key?: TestKey;
}

const keys = new Map<string, Promise<TestKey>>();

/** The key of that name, made on first use and kept for the process. */
export function testKey(name = 'current'): Promise<TestKey> {
  const key = keys.get(name) ?? makeKey();
  keys.set(name, key);
  return key;
}

async function makeKey(): Promise<TestKey> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return {
    kid,
    privateKey: KeyObject.from(pair.privateKey),
    publicKey: KeyObject.from(pair.publicKey),
    jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' },
  };
}

/** The access token of a person who signed in a minute ago; give only what is to differ. */
export function issueAccessToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  return issue({ ...userClaims('access'), client_id: testUserClientId, scope: 'investments/read', ...claims }, options);
}

/** The ID token that Cognito issues beside it. */
export function issueIdToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  const { username, ...shared } = userClaims('id');
  return issue({ ...shared, aud: testUserClientId, 'cognito:username': username, ...claims }, options);
}

/** The access token of a machine client (client credentials). */
export function issueMachineToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  const { username, origin_jti, event_id, ...shared } = userClaims('access');
  const client = { sub: testMachineClientId, client_id: testMachineClientId };
  return issue({ ...shared, ...client, scope: 'investments/read', ...claims }, options);
}

function userClaims(tokenUse: 'access' | 'id') {
  const signedInAt = Math.floor(Date.now() / 1000) - 60;
  return {
    sub: testSubject,
    iss: testIssuer,
    version: 2,
    origin_jti: '5ca1ab1e-0001-4000-8000-000000000001',
    event_id: '5ca1ab1e-0002-4000-8000-000000000002',
    token_use: tokenUse,
    auth_time: signedInAt,
    iat: signedInAt,
    exp: signedInAt + 3600,
    jti: '5ca1ab1e-0003-4000-8000-000000000003',
    username: 'global-admin',
  };
}

async function issue(claims: Members, { header, key }: SigningOptions): Promise<string> {
  const signingKey = key ?? (await testKey());
  return signWithRsa({ kid: signingKey.kid, alg: 'RS256', ...header }, claims, signingKey);
}

/** Any header and any payload (a string is taken as the JSON it is) with a signature that is right for them. */
export function signWithRsa(header: Members, payload: Members | string, key: TestKey, digest = 'RSA-SHA256'): string {
  return withSignature(header, payload, (input) => sign(digest, Buffer.from(input), key.privateKey));
}

/** What an attacker makes of a public key when the verifier lets the token choose the algorithm. */
export function signWithHmac(header: Members, payload: Members, secret: string | Buffer): string {
  return withSignature(header, payload, (input) => createHmac('sha256', secret).update(input).digest());
}

/** A compact JWS with whatever signature `makeSignature` gives for its signing input. */
export function withSignature(
  header: Members,
  payload: Members | string,
  makeSignature: (signingInput: string) => Buffer,
): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(text).toString('base64url')}`;
  return `${input}.${makeSignature(input).toString('base64url')}`;
}

/** The decoded claims of a token, to be changed and signed anew. */
export function readClaims(token: string): Members {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
