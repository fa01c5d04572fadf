import { toAccessTokenClaims, toIdTokenClaims, toMachineTokenClaims } from './cognitoTokens.ts';
import { type Members, signToken } from './signToken.ts';
import { type TestKey, testKey } from './testKey.ts';

/** Tokens of a made-up Cognito user pool, signed with real keys. Nothing here is a secret of anybody. */
export const testIssuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ClaimTest';
export const testUserClientId = 'spa7example';
export const testMachineClientId = 'reports7example';
export const testSubject = '3f0c2c1e-0001-4000-8000-000000020116';

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
  return issue({ ...toIdTokenClaims({ ...testSignIn(), email: 'test-user@example.com' }), ...claims }, options);
}

/** The access token of a machine client (client credentials), without scopes. */
export function issueMachineToken(claims: Members = {}, options: SigningOptions = {}): Promise<string> {
  return issue({ ...machineTokenClaims(), ...claims }, options);
}

/** What Cognito puts into the access token of a person. */
export function userTokenClaims() {
  return toAccessTokenClaims({ ...testSignIn(), scopes: [] });
}

/** What Cognito puts into the access token of a machine client. */
export function machineTokenClaims() {
  return toMachineTokenClaims({ ...testIssue(), clientId: testMachineClientId, scopes: [] });
}

function testIssue() {
  return {
    issuer: testIssuer,
    nowSeconds: Math.floor(Date.now() / 1000) - 60,
    tokenId: '5ca1ab1e-0003-4000-8000-000000000003',
  };
}

function testSignIn() {
  return {
    ...testIssue(),
    subject: testSubject,
    username: 'test-user',
    clientId: testUserClientId,
    originTokenId: '5ca1ab1e-0001-4000-8000-000000000001',
    eventId: '5ca1ab1e-0002-4000-8000-000000000002',
  };
}

async function issue(claims: Members, { header, key }: SigningOptions): Promise<string> {
  return signToken(claims, key ?? (await testKey()), header);
}
