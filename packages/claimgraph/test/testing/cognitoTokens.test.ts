import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { createTokenIssuer, type TokenIssuer } from '../../src/testing/cognitoTokens.ts';
import { issueIdToken } from '../../src/testing/issueAccessToken.ts';
import { type TestKey, testKey } from '../../src/testing/testKey.ts';

const nowSeconds = 1_800_000_000;
const issuer = 'http://localhost:4010/local_claimgraph';
const person = { username: 'auditor', subject: 'subject-1', clientId: 'investments-spa' };
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
let tokens: TokenIssuer;
let key: TestKey;

beforeAll(async () => {
  key = await testKey();
  tokens = createTokenIssuer({ issuer, key, now: () => nowSeconds * 1000 + 999 });
});

test("an access token has the header and the claims of Cognito's, and no others", async () => {
  const token = tokens.accessToken({ ...person, scopes: ['investments/read', 'openid'] });
  expect(decodeProtectedHeader(token)).toEqual({ kid: key.kid, alg: 'RS256' });
  const { payload } = await jwtVerify(token, key.publicKey, { currentDate: new Date(nowSeconds * 1000) });
  expect(payload).toEqual({
    sub: 'subject-1',
    iss: issuer,
    version: 2,
    client_id: 'investments-spa',
    origin_jti: uuid,
    event_id: uuid,
    token_use: 'access',
    scope: 'investments/read openid',
    auth_time: nowSeconds,
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    jti: uuid,
    username: 'auditor',
  });
});

test("an ID token has the header and the claims of Cognito's, and no others", () => {
  const accessToken = tokens.accessToken({ ...person, scopes: ['openid'] });
  const request = { ...person, email: 'auditor@example.com', accessToken };
  const token = tokens.idToken({ ...request, nonce: 'nonce-1' });
  const expected = {
    sub: 'subject-1',
    iss: issuer,
    aud: 'investments-spa',
    'cognito:username': 'auditor',
    email: 'auditor@example.com',
    email_verified: true,
    nonce: 'nonce-1',
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    origin_jti: uuid,
    event_id: uuid,
    token_use: 'id',
    auth_time: nowSeconds,
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    jti: uuid,
  };
  expect(decodeProtectedHeader(token)).toEqual({ kid: key.kid, alg: 'RS256' });
  expect(decodeJwt(token)).toEqual(expected);
  const { nonce: _, ...withoutNonce } = expected;
  expect(decodeJwt(tokens.idToken(request))).toEqual(withoutNonce);
});

test('an ID token without an access token beside it has no at_hash, as from the JSON API', () => {
  expect(decodeJwt(tokens.idToken({ ...person, email: 'auditor@example.com' }))).not.toHaveProperty('at_hash');
});

test('the ID token of the test kit is one of these', async () => {
  const claims = Object.keys(decodeJwt(await issueIdToken())).sort();
  expect(claims).toEqual(Object.keys(decodeJwt(tokens.idToken({ ...person, email: 'a@example.com' }))).sort());
});

test('a machine token is about its client: it has no claim of a person', () => {
  const token = tokens.machineToken({ clientId: 'reporting-job', scopes: ['investments/read'] });
  expect(decodeProtectedHeader(token)).toEqual({ kid: key.kid, alg: 'RS256' });
  expect(decodeJwt(token)).toEqual({
    sub: 'reporting-job',
    iss: issuer,
    version: 2,
    client_id: 'reporting-job',
    token_use: 'access',
    scope: 'investments/read',
    auth_time: nowSeconds,
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    jti: uuid,
  });
});

test('what belongs to a sign-in is taken over', () => {
  const signIn = { authTime: nowSeconds - 500, originTokenId: 'origin-1', eventId: 'event-1', groups: ['admins'] };
  const token = tokens.accessToken({ ...person, ...signIn, scopes: ['openid'], expiresInSeconds: 60 });
  expect(decodeJwt(token)).toMatchObject({
    auth_time: nowSeconds - 500,
    origin_jti: 'origin-1',
    event_id: 'event-1',
    'cognito:groups': ['admins'],
    iat: nowSeconds,
    exp: nowSeconds + 60,
  });
});

test('every token has an id of its own', () => {
  const first = decodeJwt(tokens.accessToken({ ...person, scopes: ['openid'] }));
  const second = decodeJwt(tokens.accessToken({ ...person, scopes: ['openid'] }));
  expect(first.jti).not.toBe(second.jti);
});

describe('an expired token', () => {
  test.each([-86_400, -10, -1, 0])(
    'with %i s to live was issued before it expired, and signed in for before that',
    (seconds) => {
      const request = { ...person, scopes: ['openid'], expiresInSeconds: seconds, authTime: nowSeconds };
      const claims = decodeJwt(tokens.accessToken(request));
      expect(claims).toMatchObject({ exp: nowSeconds + seconds, iat: nowSeconds + seconds - 3600 });
      expect(claims.auth_time).toBe(claims.iat);
    },
  );
});
