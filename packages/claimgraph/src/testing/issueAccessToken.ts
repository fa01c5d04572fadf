import { sign } from 'node:crypto';
import { type TestKey, testKey } from './testKey.ts';

/** Tokens of a made-up Cognito user pool, signed with real keys. Nothing here is a secret of anybody. */
export const testIssuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ClaimTest';
export const testUserClientId = 'spa7example';
export const testMachineClientId = 'reports7example';
export const testSubject = '3f0c2c1e-0001-4000-8000-000000020116';

/** `undefined` leaves a claim or a header parameter out. */
export type Members = Readonly<Record<string, unknown>>;

export interface SigningOptions {
  readonly header?: Members;
  /** `current` unless given: the key that the pool signs with. */
  readonly key?: TestKey;
}

/** The access token of a person who signed in a minute ago, without scopes; give only what is to differ. */
export function issueAccessToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  return issue({ ...userTokenClaims(), ...claims }, options);
}

/** The ID token that Cognito issues beside it. */
export function issueIdToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  const { username, client_id, scope, ...shared } = userTokenClaims();
  return issue({ ...shared, token_use: 'id', aud: client_id, 'cognito:username': username, ...claims }, options);
}

/** The access token of a machine client (client credentials), without scopes. */
export function issueMachineToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  return issue({ ...machineTokenClaims(), ...claims }, options);
}

/** What Cognito puts into the access token of a person. */
export function userTokenClaims() {
  const signedInAt = Math.floor(Date.now() / 1000) - 60;
  return {
    sub: testSubject,
    iss: testIssuer,
    version: 2,
    client_id: testUserClientId,
    origin_jti: '5ca1ab1e-0001-4000-8000-000000000001',
    event_id: '5ca1ab1e-0002-4000-8000-000000000002',
    token_use: 'access',
    scope: '',
    auth_time: signedInAt,
    iat: signedInAt,
    exp: signedInAt + 3600,
    jti: '5ca1ab1e-0003-4000-8000-000000000003',
    username: 'test-user',
  };
}

/** What Cognito puts into the access token of a machine client. */
export function machineTokenClaims() {
  const { username, origin_jti, event_id, ...shared } = userTokenClaims();
  return { ...shared, sub: testMachineClientId, client_id: testMachineClientId };
}

async function issue(claims: Members, { header, key }: SigningOptions): Promise<string> {
  const signingKey = key ?? (await testKey());
  return signWithRsa({ kid: signingKey.kid, alg: 'RS256', ...header }, claims, signingKey);
}

/** Any header and any payload (a string is taken as the JSON it is) with a signature that is right for them. */
export function signWithRsa(header: Members, payload: Members | string, key: TestKey, digest = 'RSA-SHA256'): string {
  return withSignature(header, payload, (input) => sign(digest, Buffer.from(input), key.privateKey));
}

/** A compact JWS (RFC 7515) with whatever signature `makeSignature` gives for its signing input. */
export function withSignature(
  header: Members,
  payload: Members | string,
  makeSignature: (signingInput: string) => Buffer,
): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(text).toString('base64url')}`;
  return `${input}.${makeSignature(input).toString('base64url')}`;
}
