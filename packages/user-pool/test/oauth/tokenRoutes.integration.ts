import { createHash } from 'node:crypto';
import { createTokenIssuer } from 'claimgraph/testing';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoMachineClient, demoUsers } from '../../../../dev/demoUsers.ts';
import {
  exchangeCode,
  type FormFields,
  obtainCode,
  postForm,
  refresh,
  signIn,
  startTestPool,
  type TestPool,
  verifier,
} from '../../../../test/support/localPool.ts';
import { readPoolState } from '../../src/state/poolStore.ts';

let now = Date.now();
let pool: TestPool;
beforeAll(async () => {
  pool = await startTestPool({ now: () => now });
});
afterAll(() => pool.close());

const token = (parameters: FormFields, headers = {}) => postForm(`${pool.url}/oauth2/token`, parameters, headers);
const revoke = (parameters: FormFields, headers = {}) => postForm(`${pool.url}/oauth2/revoke`, parameters, headers);
const basic = (id: string, secret: string) => ({ authorization: `Basic ${btoa(`${id}:${secret}`)}` });
/** RFC 6749 section 5.2: nothing but the code and a description in its character set. */
const errorBody = (error: string) => ({
  error,
  error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
});
const jwt = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
const opaque = expect.stringMatching(/^[\w-]{43}$/);

function verify(text: string) {
  const keySet = createRemoteJWKSet(new URL(`${pool.issuer}/.well-known/jwks.json`));
  return jwtVerify(text, keySet, { issuer: pool.issuer, algorithms: ['RS256'], currentDate: new Date(now) });
}

describe('authorization code', () => {
  test('gives tokens that the published keys verify, in an answer that no cache keeps', async () => {
    const code = await obtainCode(pool, 'global-admin', { nonce: 'nonce-1' });
    const { status, headers, body } = await exchangeCode(pool, code);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      id_token: jwt,
      access_token: jwt,
      refresh_token: opaque,
      expires_in: 3600,
      token_type: 'Bearer',
    });
  });

  test.each(demoUsers)('signs $username in, with their subject in both tokens', async ({ username, subject }) => {
    const { accessToken, idToken } = await signIn(pool, username, { nonce: 'nonce-1' });
    const { payload: access } = await verify(accessToken);
    const { payload: id } = await verify(idToken);
    expect(access).toMatchObject({
      token_use: 'access',
      sub: subject,
      username,
      client_id: 'investments-spa',
      scope: 'openid investments/read',
    });
    expect(id).toMatchObject({ token_use: 'id', sub: subject, aud: 'investments-spa', nonce: 'nonce-1' });
    expect(id.email).toBe(`${username}@example.com`);
    expect([id.origin_jti, id.event_id, id.auth_time]).toEqual([access.origin_jti, access.event_id, access.auth_time]);
  });

  test('gives no ID token without the scope openid', async () => {
    const { body } = await exchangeCode(pool, await obtainCode(pool, 'auditor', { scope: 'investments/read' }));
    expect(Object.keys(body ?? {}).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type']);
  });

  test('grants all that the user may have when the client asks for nothing in particular', async () => {
    const { accessToken } = await signIn(pool, 'usa-manager', { scope: undefined });
    expect(decodeJwt(accessToken).scope).toBe(
      'openid profile email phone aws.cognito.signin.user.admin investments/read investments/pay',
    );
  });

  test.each([
    ['invalid_grant', 'other redirect_uri', { redirect_uri: 'http://localhost:5173/callback' }],
    ['invalid_grant', 'redirect_uri with a trailing slash', { redirect_uri: 'http://localhost:3000/callback/' }],
    ['invalid_grant', 'verifier of another challenge', { code_verifier: `${verifier}x` }],
    ['invalid_grant', 'challenge in place of the verifier', { code_verifier: 'x'.repeat(43) }],
    ['invalid_grant', 'verifier shorter than 43 characters', { code_verifier: verifier.slice(0, 42) }],
    ['invalid_grant', 'verifier longer than 128 characters', { code_verifier: 'x'.repeat(129) }],
    ['invalid_grant', 'unknown code', { code: 'unknown' }],
    ['invalid_grant', 'code named like a member of Object', { code: '__proto__' }],
    ['invalid_request', 'no redirect_uri', { redirect_uri: undefined }],
    ['invalid_request', 'no verifier', { code_verifier: undefined }],
    ['invalid_request', 'no code', { code: undefined }],
    ['invalid_request', 'empty code', { code: '' }],
    ['invalid_request', 'no grant_type', { grant_type: undefined }],
    ['unsupported_grant_type', 'password grant', { grant_type: 'password' }],
    ['unsupported_grant_type', 'member of Object', { grant_type: 'constructor' }],
    ['invalid_client', 'no client', { client_id: undefined }],
    ['invalid_client', 'unknown client', { client_id: 'unknown' }],
    ['invalid_client', 'a secret of a client that has none', { client_secret: 'x' }],
    ['invalid_client', 'machine client without its secret', { client_id: 'reporting-job' }],
    [
      'unauthorized_client',
      'machine client',
      { client_id: demoMachineClient.clientId, client_secret: demoMachineClient.clientSecret },
    ],
  ])('%s for %s', async (error, _, overrides) => {
    const { status, headers, body } = await exchangeCode(pool, await obtainCode(pool), overrides);
    expect({ status, body }).toEqual({ status: 400, body: errorBody(error) });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    ['shorter than 43', 'x'.repeat(42)],
    ['longer than 128', 'x'.repeat(129)],
    ['outside of its alphabet', `${verifier}=`],
  ])('needs a verifier that is not %s characters, even one that matches', async (_, unfit) => {
    const codeChallenge = createHash('sha256').update(unfit).digest('base64url');
    const code = await obtainCode(pool, 'auditor', { code_challenge: codeChallenge });
    const { status, body } = await exchangeCode(pool, code, { code_verifier: unfit });
    expect({ status, body }).toEqual({ status: 400, body: errorBody('invalid_grant') });
  });

  test('is used up by an attempt with a wrong verifier', async () => {
    const code = await obtainCode(pool);
    await exchangeCode(pool, code, { code_verifier: 'x'.repeat(43) });
    expect(await exchangeCode(pool, code)).toMatchObject({ status: 400, body: errorBody('invalid_grant') });
  });

  test('expires after five minutes', async () => {
    const code = await obtainCode(pool);
    now += 301_000;
    expect(await exchangeCode(pool, code)).toMatchObject({ status: 400, body: errorBody('invalid_grant') });
  });

  test('that is replayed gives nothing and revokes what it gave before, and nothing else', async () => {
    const other = await signIn(pool);
    const code = await obtainCode(pool);
    const { body } = await exchangeCode(pool, code);
    const refreshToken = refreshTokenOf(body);
    expect((await refresh(pool, refreshToken)).status).toBe(200);

    expect(await exchangeCode(pool, code)).toMatchObject({ status: 400, body: errorBody('invalid_grant') });
    expect(await refresh(pool, refreshToken)).toMatchObject({ status: 400, body: errorBody('invalid_grant') });
    expect((await refresh(pool, other.refreshToken)).status).toBe(200);
  });

  test('that comes many times at once leaves at most one answer and no refresh token', async () => {
    const code = await obtainCode(pool);
    const answers = await Promise.all(Array.from({ length: 5 }, () => exchangeCode(pool, code)));
    const granted = answers.filter(({ status }) => status === 200);
    expect(granted).toHaveLength(1);
    expect((await refresh(pool, refreshTokenOf(granted[0]?.body))).status).toBe(400);
  });

  test('comes in the body only: a query is not read', async () => {
    const query = new URLSearchParams({ grant_type: 'authorization_code', client_id: 'investments-spa' });
    const { status, body } = await postForm(`${pool.url}/oauth2/token?${query}`, {});
    expect({ status, body }).toEqual({ status: 400, body: errorBody('invalid_request') });
  });

  test.each([
    ['a parameter twice', 'application/x-www-form-urlencoded', 'grant_type=refresh_token&grant_type=refresh_token'],
    ['JSON', 'application/json', '{"grant_type":"refresh_token"}'],
    ['text', 'text/plain', 'grant_type=refresh_token'],
    ['a body of 17 KB', 'application/x-www-form-urlencoded', `grant_type=${'x'.repeat(17 * 1024)}`],
  ])('%s is invalid_request', async (_, type, body) => {
    const headers = { 'content-type': type };
    const response = await fetch(`${pool.url}/oauth2/token`, { method: 'POST', body, headers });
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 400,
      body: errorBody('invalid_request'),
    });
  });
});

describe('refresh token', () => {
  test('gives new tokens of the same sign-in', async () => {
    const first = await signIn(pool, 'auditor', { nonce: 'nonce-1' });
    now += 60_000;
    const { status, body } = await refresh(pool, first.refreshToken);
    expect(status).toBe(200);
    expect(body).toEqual({ id_token: jwt, access_token: jwt, expires_in: 3600, token_type: 'Bearer' });
    const before = decodeJwt(first.accessToken);
    const { payload: after } = await verify(accessTokenOf(body));
    const { iat = 0, exp = 0 } = before;
    expect(after).toEqual({ ...before, jti: after.jti, iat: iat + 60, exp: exp + 60 });
    expect(after.jti).not.toBe(before.jti);
    expect(decodeJwt(idTokenOf(body)).nonce).toBeUndefined();
  });

  test('may narrow the scope, for that one token', async () => {
    const { refreshToken } = await signIn(pool, 'auditor', { scope: 'openid investments/read investments/pii' });
    const narrowed = await refresh(pool, refreshToken, { scope: 'investments/read' });
    expect(decodeJwt(accessTokenOf(narrowed.body)).scope).toBe('investments/read');
    expect(narrowed.body).not.toHaveProperty('id_token');
    const full = await refresh(pool, refreshToken);
    expect(decodeJwt(accessTokenOf(full.body)).scope).toBe('openid investments/read investments/pii');
  });

  test.each([
    [
      'invalid_scope',
      'scope that the user may have but that was not granted',
      { scope: 'investments/read investments/pii' },
    ],
    ['invalid_scope', 'no scope in it', { scope: ' ' }],
    ['invalid_grant', 'unknown token', { refresh_token: 'unknown' }],
    ['invalid_request', 'no token', { refresh_token: undefined }],
    ['invalid_client', 'no client', { client_id: undefined }],
    [
      'unauthorized_client',
      'another client',
      { client_id: demoMachineClient.clientId, client_secret: demoMachineClient.clientSecret },
    ],
  ])('%s for %s', async (error, _, overrides) => {
    const { refreshToken } = await signIn(pool);
    const { status, body } = await refresh(pool, refreshToken, overrides);
    expect({ status, body }).toEqual({ status: 400, body: errorBody(error) });
  });

  test('expires after 30 days, and refreshing does not prolong it', async () => {
    const { refreshToken } = await signIn(pool);
    now += 29 * 24 * 3_600_000;
    expect((await refresh(pool, refreshToken)).status).toBe(200);
    now += 24 * 3_600_000 + 1000;
    expect(await refresh(pool, refreshToken)).toMatchObject({ status: 400, body: errorBody('invalid_grant') });
  });
});

describe('revocation', () => {
  test('ends a refresh token, and only that sign-in', async () => {
    const [one, other] = [await signIn(pool), await signIn(pool)];
    const { status, body } = await revoke({ token: one.refreshToken, client_id: 'investments-spa' });
    expect({ status, body }).toEqual({ status: 200, body: undefined });
    expect((await refresh(pool, one.refreshToken)).status).toBe(400);
    expect((await refresh(pool, other.refreshToken)).status).toBe(200);
  });

  test('of an unknown token is fine: it is as good as revoked', async () => {
    expect((await revoke({ token: 'unknown', client_id: 'investments-spa' })).status).toBe(200);
  });

  test('is for refresh tokens, of the own client, by a client that proves who it is', async () => {
    const { accessToken, refreshToken } = await signIn(pool);
    const client = { client_id: 'investments-spa' };
    const answers = [
      await revoke({ token: accessToken, ...client }),
      await revoke({ token: refreshToken }, basic(demoMachineClient.clientId, demoMachineClient.clientSecret)),
      await revoke({ ...client }),
      await revoke({ token: refreshToken }),
    ];
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual([
      { status: 400, body: errorBody('unsupported_token_type') },
      { status: 400, body: errorBody('invalid_grant') },
      { status: 400, body: errorBody('invalid_request') },
      { status: 400, body: errorBody('invalid_client') },
    ]);
    expect((await refresh(pool, refreshToken)).status).toBe(200);
  });
});

describe('client credentials', () => {
  const { clientId, clientSecret } = demoMachineClient;
  const grant = { grant_type: 'client_credentials' };

  test.each([
    ['client_secret_basic', grant, basic(clientId, clientSecret)],
    ['client_secret_basic in lower case', grant, { authorization: `basic ${btoa(`${clientId}:${clientSecret}`)}` }],
    ['client_secret_basic, form-encoded', grant, basic('reporting%2Djob', clientSecret.replaceAll('-', '%2d'))],
    ['client_secret_post', { ...grant, client_id: clientId, client_secret: clientSecret }, {}],
    ['a scope of the client', { ...grant, scope: 'investments/read' }, basic(clientId, clientSecret)],
  ])('with %s give an access token and nothing else', async (_, parameters, headers) => {
    const { status, body } = await token(parameters, headers);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: jwt, expires_in: 3600, token_type: 'Bearer' });
    const { payload } = await verify(accessTokenOf(body));
    expect(payload).toMatchObject({ sub: clientId, client_id: clientId, scope: 'investments/read' });
    expect(payload).not.toHaveProperty('username');
  });

  test.each([
    ['wrong secret', basic(clientId, 'wrong')],
    ['empty secret', basic(clientId, '')],
    ['longer secret', basic(clientId, `${clientSecret}x`)],
    ['unknown client', basic('unknown', clientSecret)],
    ['unknown client with an empty secret', basic('unknown', '')],
    ['no colon', { authorization: `Basic ${btoa(clientId)}` }],
    ['bad percent-encoding', basic(clientId, '%zz')],
    ['not base64', { authorization: 'Basic ***' }],
    ['other scheme', { authorization: 'Bearer x' }],
  ])('are refused with 401 and a challenge when the header has: %s', async (_, headers) => {
    const response = await token(grant, headers);
    expect({ status: response.status, body: response.body }).toEqual({
      status: 401,
      body: errorBody('invalid_client'),
    });
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
  });

  test.each([
    ['invalid_client', 'wrong secret', { client_id: clientId, client_secret: 'wrong' }],
    ['invalid_client', 'no secret', { client_id: clientId }],
    ['invalid_client', 'unknown client', { client_id: 'unknown', client_secret: clientSecret }],
    ['unauthorized_client', 'client of people', { client_id: 'investments-spa' }],
    ['invalid_scope', 'other scope', { client_id: clientId, client_secret: clientSecret, scope: 'investments/pii' }],
    ['invalid_scope', 'standard scope', { client_id: clientId, client_secret: clientSecret, scope: 'openid' }],
    ['invalid_scope', 'no scope in it', { client_id: clientId, client_secret: clientSecret, scope: ' ' }],
  ])('%s for: %s', async (error, _, parameters) => {
    const { status, body } = await token({ ...grant, ...parameters });
    expect({ status, body }).toEqual({ status: 400, body: errorBody(error) });
  });

  test('have to wait after fifty wrong secrets in a row', async () => {
    now += 900_000;
    for (let guess = 1; guess <= 50; guess += 1) {
      expect((await token(grant, basic(clientId, `${guess}`))).status).toBe(401);
    }
    const refused = await token(grant, basic(clientId, clientSecret));
    expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    now += 1000;
    expect((await token(grant, basic(clientId, clientSecret))).status).toBe(200);
  });

  test('come in one way only, for one client only', async () => {
    const headers = basic(clientId, clientSecret);
    const twice = await token({ ...grant, client_secret: clientSecret }, headers);
    expect({ status: twice.status, body: twice.body }).toEqual({ status: 400, body: errorBody('invalid_request') });
    const other = await token({ ...grant, client_id: 'investments-spa' }, headers);
    expect({ status: other.status, body: other.body }).toEqual({ status: 401, body: errorBody('invalid_client') });
  });
});

describe('user info', () => {
  const userInfo = (authorization?: string) =>
    fetch(`${pool.url}/oauth2/userInfo`, { headers: authorization === undefined ? {} : { authorization } });

  test('is what Cognito says about the user of an access token', async () => {
    const { accessToken } = await signIn(pool);
    const response = await userInfo(`Bearer ${accessToken}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      sub: decodeJwt(accessToken).sub,
      email_verified: 'true',
      email: 'auditor@example.com',
      username: 'auditor',
    });
  });

  test('is refused without an access token that has the scope openid', async () => {
    const { idToken, accessToken } = await signIn(pool);
    const withoutOpenid = await exchangeCode(pool, await obtainCode(pool, 'auditor', { scope: 'investments/read' }));
    const machine = await token(
      { grant_type: 'client_credentials' },
      basic(demoMachineClient.clientId, demoMachineClient.clientSecret),
    );
    const state = await readPoolState(pool.dataDir);
    if (state === undefined) throw new Error('expected the state of the pool');
    const elsewhere = createTokenIssuer({ issuer: `${pool.issuer}x`, key: state.keys.signingKey, now: () => now });
    const person = { username: 'auditor', subject: 'x', clientId: 'investments-spa', scopes: ['openid'] };
    const answers = await Promise.all([
      userInfo(),
      userInfo(`Bearer ${elsewhere.accessToken(person)}`),
      userInfo(`Bearer ${idToken}`),
      userInfo(`Bearer ${accessToken.slice(0, -4)}AAAA`),
      userInfo(`Bearer ${accessTokenOf(machine.body)}`),
      userInfo(`Bearer ${accessTokenOf(withoutOpenid.body)}`),
    ]);
    expect(answers.map(({ status, headers }) => [status, headers.get('www-authenticate')])).toEqual([
      [401, 'Bearer'],
      [401, 'Bearer error="invalid_token"'],
      [401, 'Bearer error="invalid_token"'],
      [401, 'Bearer error="invalid_token"'],
      [401, 'Bearer error="invalid_token"'],
      [403, 'Bearer error="insufficient_scope"'],
    ]);
  });
});

test('all tokens are signed with the first of the two published keys', async () => {
  const response = await fetch(`${pool.issuer}/.well-known/jwks.json`);
  const { accessToken, idToken } = await signIn(pool);
  const kids = [accessToken, idToken].map((text) => decodeProtectedHeader(text).kid);
  expect(await response.json()).toMatchObject({ keys: [{ kid: kids[0] }, {}] });
  expect(kids[1]).toBe(kids[0]);
});

function stringOf(body: unknown, name: string): string {
  const value: unknown = body !== null && typeof body === 'object' ? Reflect.get(body, name) : undefined;
  if (typeof value !== 'string') throw new Error(`expected ${name}; got ${JSON.stringify(body)}`);
  return value;
}

function accessTokenOf(body: unknown): string {
  return stringOf(body, 'access_token');
}

function idTokenOf(body: unknown): string {
  return stringOf(body, 'id_token');
}

function refreshTokenOf(body: unknown): string {
  return stringOf(body, 'refresh_token');
}
