import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoPool } from '../../../../dev/demoPool.ts';
import {
  beginSignIn,
  exchangeCode,
  locationOf,
  redirectUri,
  startTestPool,
  submitSignIn,
  type TestPool,
} from '../../../../test/support/localPool.ts';

let now = Date.now();
let pool: TestPool;
beforeAll(async () => {
  pool = await startTestPool({ now: () => now });
});
afterAll(() => pool.close());

const openPage = (transaction: string) => fetch(`${pool.url}/login?transaction=${transaction}`, { redirect: 'manual' });

/** What somebody sees who opens a sign-in whose request had these parameters. */
async function pageOf(overrides: Readonly<Record<string, string>>): Promise<string> {
  return (await openPage(await beginSignIn(pool, overrides))).text();
}

describe('the sign-in page', () => {
  test('runs no script, is in no frame and in no cache, and sends its form only here and back to the client', async () => {
    const response = await openPage(await beginSignIn(pool));
    const page = await response.text();
    const style = /<style>([\s\S]*)<\/style>/.exec(page)?.[1] ?? '';
    const styleHash = createHash('sha256').update(style).digest('base64');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self' http://localhost:3000; ` +
        "frame-ancestors 'none'; base-uri 'none'",
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(page).not.toMatch(/<script|\son\w+=|style=/i);
  });

  test('carries a transaction and nothing of the request in its form', async () => {
    const page = await pageOf({ state: 'state-of-the-client', nonce: 'nonce-of-the-client' });
    const names = [...page.matchAll(/<(?:input|form|button)\b[^>]*name="([^"]*)"/g)].map(([, name]) => name);
    expect([...new Set(names)]).toEqual(['transaction', 'username', 'password', 'as']);
    expect(page).not.toMatch(/state-of-the-client|nonce-of-the-client|callback/);
  });

  test('tells the scopes in words, who there is, and what of the scopes each will not get', async () => {
    const page = await pageOf({ scope: 'openid investments/read investments/pii' });
    expect(page).toMatch(/know who you are <code[^>]*>openid<\/code>/);
    expect(page).toMatch(/read companies, investors and transactions[^<]*<code[^>]*>investments\/read<\/code>/);
    const people = Object.fromEntries(
      [...page.matchAll(/<li>\s*<div class="who">([\s\S]*?)<\/li>/g)].map(([, person = '']) => [
        /name="as" value="([^"]*)"/.exec(person)?.[1],
        /class="missing">[^<]*(<code>[^<]*<\/code> )*/.exec(person)?.[0].match(/[\w.]+\/[\w.]+(?=<)/g) ?? [],
      ]),
    );
    expect(people).toEqual({
      'global-admin': [],
      'usa-manager': ['investments/pii'],
      'asia-europe-manager': ['investments/pii'],
      auditor: [],
      newcomer: ['investments/pii'],
      'investor-90': ['investments/pii'],
    });
  });

  test.each([
    [{}, 'username'],
    [{ login_hint: 'auditor' }, 'password'],
  ])('with %j has the focus on the %s', async (parameters, field) => {
    expect(focusOf(await pageOf(parameters))).toEqual([field]);
  });

  const attacks = [
    '"><script>alert(1)</script>',
    "' autofocus onfocus='alert(1)",
    '</datalist><img src=x onerror=alert(1)>',
    '&lt;script&gt;',
    '{{alert(1)}}',
  ];

  test.each(attacks)('shows a login_hint of %s as text', async (hint) => {
    const page = await pageOf({ login_hint: hint });
    expect(attributeValues(page)).toContain(escapeHtml(hint));
    expect(page).not.toMatch(/<script|<img/);
  });

  test.each(attacks)('shows a wrong username of %s as text', async (username) => {
    const transaction = await beginSignIn(pool);
    const response = await submitSignIn(pool, { transaction, username, password: username });
    const page = await response.text();
    expect(response.status).toBe(403);
    expect(attributeValues(page)).toContain(escapeHtml(username));
    expect(page).not.toMatch(/<script|<img/);
  });

  test('can be opened again before the form is sent', async () => {
    const transaction = await beginSignIn(pool);
    await openPage(transaction);
    expect((await openPage(transaction)).status).toBe(200);
  });

  test.each(['', 'unknown', '"><script>', '__proto__'])('is not there for the transaction %j', async (transaction) => {
    const response = await openPage(encodeURIComponent(transaction));
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('<form');
  });
});

describe('the form', () => {
  test('brings a code and the state to the registered address', async () => {
    const transaction = await beginSignIn(pool, { state: 'a b&c="<é' });
    const response = await submitSignIn(pool, { transaction });
    const location = locationOf(response, pool.url);
    expect(response.status).toBe(303);
    expect(`${location.origin}${location.pathname}`).toBe(redirectUri);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      code: expect.stringMatching(/^[\w-]{43}$/),
      state: 'a b&c="<é',
    });
  });

  test('is accepted from the sign-in page, whose Origin is null', async () => {
    const transaction = await beginSignIn(pool);
    const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    expect((await submitSignIn(pool, { transaction }, headers)).status).toBe(303);
  });

  test.each([
    [{ 'sec-fetch-site': 'cross-site', origin: 'null' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'http://localhost:3000' }],
  ])('of another page is refused: %j', async (headers) => {
    const transaction = await beginSignIn(pool);
    const response = await submitSignIn(pool, { transaction }, headers);
    expect(response.status).toBe(403);
    expect(response.headers.get('location')).toBeNull();
  });

  test('works once', async () => {
    const transaction = await beginSignIn(pool);
    expect((await submitSignIn(pool, { transaction })).status).toBe(303);
    const again = await submitSignIn(pool, { transaction });
    expect(again.status).toBe(400);
    expect(again.headers.get('location')).toBeNull();
  });

  test('cannot change the request that was validated', async () => {
    const transaction = await beginSignIn(pool);
    const changes = {
      redirect_uri: 'https://evil.example/',
      client_id: 'evil',
      state: 'evil',
      scope: 'investments/admin',
    };
    const location = locationOf(await submitSignIn(pool, { transaction, ...changes }), pool.url);
    expect(location.origin).toBe('http://localhost:3000');
    expect(location.searchParams.get('state')).toBe('state-1');
  });

  test('comes too late after ten minutes', async () => {
    const transaction = await beginSignIn(pool);
    now += 601_000;
    expect((await openPage(transaction)).status).toBe(400);
    expect((await submitSignIn(pool, { transaction })).status).toBe(400);
  });

  test.each([
    ['wrong password', { username: 'auditor', password: 'Demo' }],
    ['empty password', { username: 'auditor', password: '' }],
    ['unknown user', { username: 'nobody', password: 'demo' }],
    ['user named like a member of Object', { username: '__proto__', password: 'demo' }],
    ['machine client', { username: 'reporting-job', password: 'reporting-job-demo-secret' }],
  ])('with %s is answered with one constant message and a new transaction', async (_, credentials) => {
    const transaction = await beginSignIn(pool);
    const response = await submitSignIn(pool, { transaction, ...credentials });
    const page = await response.text();
    expect(response.status).toBe(403);
    expect(page).toContain('<p role="alert">Incorrect username or password.</p>');
    expect(focusOf(page)).toEqual(['password']);
    const next = /name="transaction" value="([\w-]{43})"/.exec(page)?.[1] ?? '';
    expect(next).not.toBe(transaction);
    expect((await submitSignIn(pool, { transaction })).status).toBe(400);
    expect((await submitSignIn(pool, { transaction: next })).status).toBe(303);
  });

  test('has to wait after five wrong passwords for one user, from wherever they come, and then works', async () => {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const transaction = await beginSignIn(pool);
      expect((await submitSignIn(pool, { transaction, password: `${attempt}` })).status).toBe(403);
    }
    const refused = await submitSignIn(pool, { transaction: await beginSignIn(pool) });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    const page = await refused.text();
    expect(page).toMatch(/role="alert">Too many wrong passwords\. Wait 1 second/);
    const other = await submitSignIn(pool, { transaction: await beginSignIn(pool), username: 'newcomer' });
    expect(other.status).toBe(303);
    now += 1000;
    const [, transaction = ''] = /name="transaction" value="([\w-]{43})"/.exec(page) ?? [];
    expect((await submitSignIn(pool, { transaction })).status).toBe(303);
  });

  test('gives no code to a user who may have none of the scopes', async () => {
    const transaction = await beginSignIn(pool, { scope: 'investments/admin' });
    const location = locationOf(await submitSignIn(pool, { transaction, username: 'newcomer' }), pool.url);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ error: 'invalid_scope', state: 'state-1' });
    expect(location.searchParams.has('code')).toBe(false);
  });

  test('grants those of the scopes that the user may have, and the token response says which', async () => {
    const transaction = await beginSignIn(pool, { scope: 'openid investments/read investments/pii investments/admin' });
    const location = locationOf(await submitSignIn(pool, { transaction, username: 'auditor' }), pool.url);
    const { body } = await exchangeCode(pool, location.searchParams.get('code') ?? '');
    expect(body).toMatchObject({ scope: 'openid investments/read investments/pii' });
  });

  test('signs in whom the page offers, with one click and no password', async () => {
    const transaction = await beginSignIn(pool);
    const credentials = { transaction, username: undefined, password: undefined };
    const response = await submitSignIn(pool, { ...credentials, as: 'usa-manager' });
    expect(response.status).toBe(303);
    const code = locationOf(response, pool.url).searchParams.get('code') ?? '';
    const { body } = await exchangeCode(pool, code);
    expect(decodeJwt(String(Reflect.get(Object(body), 'access_token'))).username).toBe('usa-manager');
    const nobody = await submitSignIn(pool, { ...credentials, transaction: await beginSignIn(pool), as: '__proto__' });
    expect(nobody.status).toBe(403);
  });

  test('signs in nobody with one click where the page offers nobody', async () => {
    const closed = await startTestPool({ config: { ...demoPool, oneClickSignIn: false } });
    try {
      const transaction = await beginSignIn(closed);
      const page = await (await fetch(`${closed.url}/login?transaction=${transaction}`)).text();
      expect(page).not.toMatch(/usa-manager|name="as"|>demo</);
      const credentials = { transaction, username: undefined, password: undefined };
      expect((await submitSignIn(closed, { ...credentials, as: 'usa-manager' })).status).toBe(403);
      const index = await (await fetch(closed.url)).text();
      expect(index).not.toMatch(/usa-manager|reporting-job-demo-secret/);
    } finally {
      await closed.close();
    }
  });

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
    'is not read as %s',
    async (type) => {
      const transaction = await beginSignIn(pool);
      const response = await submitSignIn(pool, { transaction }, { 'content-type': type });
      expect(response.status).toBe(400);
    },
  );
});

/** The fields that a browser would give the focus. */
function focusOf(page: string): readonly (string | undefined)[] {
  return [...page.matchAll(/<input id="(\w+)"[^>]* autofocus/g)].map(([, id]) => id);
}

function attributeValues(page: string): readonly string[] {
  return [...page.matchAll(/<input [^>]*value="([^"]*)"/g)].map(([, value]) => value ?? '');
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
