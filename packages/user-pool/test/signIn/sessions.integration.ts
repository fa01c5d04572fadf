import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authorize,
  exchangeCode,
  type FormFields,
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

/** A browser with its cookies. */
function openBrowser() {
  let cookie = '';
  const keep = (response: Response) => {
    const [pair = ''] = (response.headers.get('set-cookie') ?? '').split(';');
    if (pair !== '') cookie = pair.endsWith('=') ? '' : pair;
    return response;
  };
  const visit = async (path: string) =>
    keep(await fetch(new URL(path, pool.url), { headers: { cookie }, redirect: 'manual' }));
  return {
    visit,
    cookie: () => cookie,
    /** Where the authorization endpoint sends the browser. */
    authorize: async (overrides: FormFields = {}) =>
      locationOf(keep(await authorize(pool, overrides, '', { cookie })), pool.url),
    async enterPassword(page: URL, username = 'auditor') {
      const transaction = page.searchParams.get('transaction') ?? '';
      return locationOf(keep(await submitSignIn(pool, { transaction, username }, { cookie })), pool.url);
    },
  };
}

async function authTimeOf(location: URL): Promise<unknown> {
  const { body } = await exchangeCode(pool, location.searchParams.get('code') ?? '');
  return decodeJwt(String(Reflect.get(Object(body), 'access_token'))).auth_time;
}

const isSignInPage = (location: URL) => location.pathname === '/login';

async function signedIn(username?: string) {
  const browser = openBrowser();
  const authTime = await authTimeOf(await browser.enterPassword(await browser.authorize(), username));
  return { ...browser, authTime };
}

describe('who has signed in', () => {
  test('is not asked again for an hour, and is told as signed in since then', async () => {
    const browser = await signedIn();
    now += 3_599_000;
    const location = await browser.authorize({ state: 'state-2' });
    expect(`${location.origin}${location.pathname}`).toBe(redirectUri);
    expect(location.searchParams.get('state')).toBe('state-2');
    expect(await authTimeOf(location)).toBe(browser.authTime);
    now += 1000;
    expect(isSignInPage(await browser.authorize())).toBe(true);
  });

  test('is asked again with prompt=login, which is what a step-up needs: without it the old auth_time comes back', async () => {
    const browser = await signedIn();
    now += 600_000;
    expect(await authTimeOf(await browser.authorize())).toBe(browser.authTime);
    const page = await browser.authorize({ prompt: 'login' });
    expect(isSignInPage(page)).toBe(true);
    expect(await (await browser.visit(page.href)).text()).toMatch(/name="username" value="auditor"/);
    const authTime = await authTimeOf(await browser.enterPassword(page));
    expect(authTime).toBe(Number(browser.authTime) + 600);
    // The session is a new one from here on.
    expect(await authTimeOf(await browser.authorize())).toBe(authTime);
  });

  test.each([
    ['none', {}, false],
    ['none', { max_age: '599' }, 'login_required'],
    [undefined, { max_age: '600' }, false],
    [undefined, { max_age: '599' }, true],
    [undefined, { max_age: '0' }, true],
    ['consent', {}, false],
    ['select_account', {}, true],
    ['login consent', {}, true],
  ])('ten minutes ago, with prompt %s and %j is asked again: %s', async (prompt, others, expected) => {
    const browser = await signedIn();
    now += 600_000;
    const location = await browser.authorize({ prompt, ...others });
    if (typeof expected === 'string') expect(location.searchParams.get('error')).toBe(expected);
    else expect(isSignInPage(location)).toBe(expected);
  });

  test('just now, with max_age=0 is asked again', async () => {
    const browser = await signedIn();
    expect(isSignInPage(await browser.authorize({ max_age: '0' }))).toBe(true);
  });

  test('gets the name that the client gives instead of their own', async () => {
    const browser = await signedIn();
    const page = await browser.authorize({ prompt: 'login', login_hint: 'newcomer' });
    expect(await (await browser.visit(page.href)).text()).toMatch(/name="username" value="newcomer"/);
    const other = await browser.authorize({ prompt: 'select_account' });
    expect(await (await browser.visit(other.href)).text()).not.toMatch(/name="username" value="auditor"/);
  });

  test('and may have none of the scopes is told how another can sign in', async () => {
    const browser = await signedIn('newcomer');
    const location = await browser.authorize({ scope: 'investments/admin' });
    expect(location.searchParams.get('error')).toBe('invalid_scope');
    expect(location.searchParams.get('error_description')).toContain('prompt=login');
  });
});

test('nobody is signed in with prompt=none', async () => {
  const location = await openBrowser().authorize({ prompt: 'none' });
  expect(location.searchParams.get('error')).toBe('login_required');
  expect(location.searchParams.get('state')).toBe('state-1');
});

test.each([
  ['prompt', 'sometimes'],
  ['prompt', 'none login'],
  ['max_age', 'soon'],
  ['max_age', '-1'],
])('%s=%s is no request', async (name, value) => {
  const location = await openBrowser().authorize({ [name]: value });
  expect(location.searchParams.get('error')).toBe('invalid_request');
});

describe('the cookie', () => {
  test('is for this pool alone, for no script, and for no form of another site', async () => {
    const response = await submitSignIn(pool, {
      transaction: (await openBrowser().authorize()).searchParams.get('transaction') ?? '',
    });
    expect(response.headers.get('set-cookie')).toMatch(
      new RegExp(`^pool_session_${new URL(pool.url).port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600$`),
    );
  });

  test('comes with no wrong password', async () => {
    const page = await openBrowser().authorize();
    const transaction = page.searchParams.get('transaction') ?? '';
    const response = await submitSignIn(pool, { transaction, password: 'wrong' });
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('that nobody gave out signs nobody in', async () => {
    const cookie = `pool_session_${new URL(pool.url).port}=${'x'.repeat(43)}`;
    expect(isSignInPage(locationOf(await authorize(pool, {}, '', { cookie }), pool.url))).toBe(true);
  });

  test('is found among others', async () => {
    const browser = await signedIn();
    const cookie = `theme=dark; ${browser.cookie()}; pool_session_1=x`;
    expect(isSignInPage(locationOf(await authorize(pool, {}, '', { cookie }), pool.url))).toBe(false);
  });
});

describe('logout', () => {
  const client = 'client_id=investments-spa';

  test.each([
    ['to an address of the client', `${client}&logout_uri=http://localhost:5173/`, 'http://localhost:5173/'],
    ['to an own scheme', `${client}&logout_uri=com.example.app:/signed-out`, 'com.example.app:/signed-out'],
    [
      'to sign in again',
      `${client}&redirect_uri=${redirectUri}&response_type=code&scope=openid&state=s`,
      `/oauth2/authorize?${client}&redirect_uri=${redirectUri}&response_type=code&scope=openid&state=s`,
    ],
  ])('ends the session on the way %s', async (_, query, location) => {
    const browser = await signedIn();
    const kept = browser.cookie();
    const response = await browser.visit(`/logout?${query}`);
    expect([response.status, response.headers.get('location')]).toEqual([302, location]);
    expect(browser.cookie()).toBe('');
    // Whoever kept the cookie has nothing of it either.
    expect(isSignInPage(locationOf(await authorize(pool, {}, '', { cookie: kept }), pool.url))).toBe(true);
  });

  test.each([
    ['another address', `${client}&logout_uri=https://evil.example/`, '<code>http://localhost:*/</code>'],
    ['another address to sign in at', `${client}&redirect_uri=https://evil.example/&response_type=code`, '/callback'],
    ['no client', 'logout_uri=http://localhost:5173/', 'dev/demoPool.ts'],
    [
      "OpenID Connect's parameters",
      `id_token_hint=x&post_logout_redirect_uri=http://localhost:5173/`,
      'extraQueryParams',
    ],
  ])('ends nothing with %s, and says what is right', async (_, query, advice) => {
    const browser = await signedIn();
    const response = await browser.visit(`/logout?${query}`);
    expect(response.status).toBe(400);
    const page = await response.text();
    expect(page).toContain(advice);
    expect(page).not.toContain('evil');
    expect(isSignInPage(await browser.authorize())).toBe(false);
  });
});

test("Cognito's other way to the sign-in page, /login with the parameters of a request, leads there as well", async () => {
  const browser = openBrowser();
  const response = await browser.visit('/login?client_id=investments-spa&response_type=code');
  expect(response.headers.get('location')).toBe('/oauth2/authorize?client_id=investments-spa&response_type=code');
});
