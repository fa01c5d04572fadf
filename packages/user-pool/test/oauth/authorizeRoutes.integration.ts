import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authorize,
  challenge,
  locationOf,
  redirectUri,
  startTestPool,
  type TestPool,
} from '../../../../test/support/localPool.ts';

let pool: TestPool;
beforeAll(async () => {
  pool = await startTestPool();
});
afterAll(() => pool.close());

test('a valid request goes to the sign-in page, with nothing of it in the address', async () => {
  const response = await authorize(pool);
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toMatch(/^\/login\?transaction=[\w-]{43}$/);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test.each([
  'http://localhost:4000/console/callback',
  'http://localhost:5173/callback',
  'http://localhost:8081/',
  'http://127.0.0.1:49152/callback',
  'com.example.app:/callback',
  'capacitor://localhost/callback',
])('the address %s is registered', async (address) => {
  expect((await authorize(pool, { redirect_uri: address })).headers.get('location')).toMatch(/^\/login/);
});

describe('nobody is redirected, and nothing is echoed, when the client or its address is not right:', () => {
  test.each([
    ['unknown client', { client_id: 'evil-client' }],
    ['no client', { client_id: undefined }],
    ['empty client', { client_id: '' }],
    ['machine client', { client_id: 'reporting-job' }],
    ['client named like a member of Object', { client_id: '__proto__' }],
    ['no redirect_uri', { redirect_uri: undefined }],
    ['other host', { redirect_uri: 'https://evil.example/callback' }],
    ['look-alike host', { redirect_uri: 'http://localhost:3000.evil.example/callback' }],
    ['user info', { redirect_uri: 'http://localhost:3000@evil.example/callback' }],
    ['no port', { redirect_uri: 'http://localhost/callback' }],
    ['port 0', { redirect_uri: 'http://localhost:0/callback' }],
    ['port that is none', { redirect_uri: 'http://localhost:65536/callback' }],
    ['port and user info', { redirect_uri: 'http://localhost:1:2@evil.example/callback' }],
    ['other scheme', { redirect_uri: 'https://localhost:3000/callback' }],
    ['other path', { redirect_uri: 'http://localhost:3000/callback/../evil' }],
    ['longer path', { redirect_uri: `${redirectUri}/more` }],
    ['trailing slash', { redirect_uri: `${redirectUri}/` }],
    ['query', { redirect_uri: `${redirectUri}?next=//evil.example` }],
    ['fragment', { redirect_uri: `${redirectUri}#` }],
    ['upper case', { redirect_uri: 'HTTP://localhost:3000/callback' }],
    ['other loopback name', { redirect_uri: 'http://127.0.0.2:3000/callback' }],
    ['leading space', { redirect_uri: ` ${redirectUri}` }],
    ['look-alike of an own scheme', { redirect_uri: 'com.example.app.evil:/callback' }],
    ['own scheme with a host', { redirect_uri: 'com.example.app://evil/callback' }],
    ['script', { redirect_uri: 'javascript:alert(1)' }],
  ])('%s', async (_, overrides) => {
    const response = await authorize(pool, overrides);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).not.toMatch(/evil|__proto__|alert\(/);
  });

  test.each([
    ['client_id', '&client_id=investments-spa'],
    ['redirect_uri', '&redirect_uri=https%3A%2F%2Fevil.example%2F'],
  ])('%s twice', async (_, more) => {
    const response = await authorize(pool, {}, more);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
  });
});

describe('what is registered, and where, is said:', () => {
  test('the clients', async () => {
    const page = await (await authorize(pool, { client_id: 'my-spa' })).text();
    expect(page).toContain('<code>investments-spa</code>');
    expect(page).not.toContain('reporting-job');
    expect(page).toContain('dev/demoPool.ts');
  });

  test('the addresses of the client', async () => {
    const page = await (await authorize(pool, { redirect_uri: 'http://localhost:3000/oauth' })).text();
    for (const address of ['http://localhost:*/callback', 'com.example.app:/callback']) {
      expect(page).toContain(`<code>${address}</code>`);
    }
    expect(page).toContain('dev/demoPool.ts');
  });

  test.each([
    ['nonsense', /^expected some of openid .* investments\/admin; .*dev\/demoPool\.ts$/],
    ['openid offline_access', /^leave out offline_access: .*; expected some of openid /],
  ])('the scopes of the client, for %s', async (scope, description) => {
    const location = locationOf(await authorize(pool, { scope }), pool.url);
    expect(location.searchParams.get('error_description')).toMatch(description);
  });
});

describe('the client is told, with its state, at its own address:', () => {
  test.each([
    ['invalid_request', 'no response_type', { response_type: undefined }],
    ['unsupported_response_type', 'implicit grant', { response_type: 'token' }],
    ['unsupported_response_type', 'hybrid flow', { response_type: 'code id_token' }],
    ['invalid_request', 'fragment response', { response_mode: 'fragment' }],
    ['invalid_request', 'no PKCE', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', 'PKCE plain', { code_challenge_method: 'plain' }],
    ['invalid_request', 'PKCE plain by default', { code_challenge_method: undefined }],
    ['invalid_request', 'PKCE method in lower case', { code_challenge_method: 's256' }],
    ['invalid_request', 'short challenge', { code_challenge: challenge.slice(1) }],
    ['invalid_request', 'long challenge', { code_challenge: `${challenge}A` }],
    ['invalid_request', 'challenge of other characters', { code_challenge: `${challenge.slice(1)}=` }],
    ['invalid_scope', 'unknown scope', { scope: 'investments/read investments/everything' }],
    ['invalid_scope', 'scope of a tab', { scope: 'openid\tinvestments/read' }],
    ['invalid_scope', 'no scope in it', { scope: ' ' }],
    ['login_required', 'nobody to ask', { prompt: 'none' }],
  ])('%s for %s', async (error, _, overrides) => {
    const response = await authorize(pool, { state: 'a b&c="<é', ...overrides });
    expect(response.status).toBe(302);
    const location = locationOf(response, pool.url);
    expect(`${location.origin}${location.pathname}`).toBe(redirectUri);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      error,
      error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
      state: 'a b&c="<é',
    });
  });

  test('a parameter that comes twice', async () => {
    const location = locationOf(await authorize(pool, {}, '&scope=openid'), pool.url);
    expect(location.searchParams.get('error')).toBe('invalid_request');
    expect(location.searchParams.get('state')).toBe('state-1');
  });

  test('a state that comes twice is not returned, since nobody knows which', async () => {
    const location = locationOf(await authorize(pool, {}, '&state=state-2'), pool.url);
    expect([...location.searchParams.keys()]).toEqual(['error', 'error_description']);
  });

  test('no state was sent, so none is returned', async () => {
    const location = locationOf(await authorize(pool, { state: undefined, response_type: 'token' }), pool.url);
    expect(location.searchParams.has('state')).toBe(false);
  });
});

test('only GET reaches the authorization endpoint', async () => {
  const response = await fetch(`${pool.url}/oauth2/authorize`, { method: 'POST', body: new URLSearchParams() });
  expect(response.status).toBe(404);
});
