import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {} from './amplifyApp.ts';
import { enterPassword, openStage, type Stage } from './stage.ts';

// aws-amplify 6 as it is on npm, in Chromium, against the local user pool.

let stage: Stage;
const contexts: BrowserContext[] = [];
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

const open = (options = {}) => openStage('amplifyApp.ts', { httpsPort: 0, ...options });

async function openApp(context?: BrowserContext): Promise<Page> {
  const own = context ?? (await stage.open());
  if (context === undefined) contexts.push(own);
  const page = await own.newPage();
  await page.goto(stage.appUrl);
  await ready(page);
  return page;
}

const ready = (page: Page) => page.waitForFunction(() => window.amplifyOnPool !== undefined);
const session = (page: Page, forceRefresh = false) =>
  page.evaluate((force) => window.amplifyOnPool?.session(force), forceRefresh);
const refreshTokenOf = (page: Page) => page.evaluate(() => window.amplifyOnPool?.refreshToken());

async function signedIn(username = 'auditor'): Promise<Page> {
  const page = await openApp();
  const step = await page.evaluate((name) => window.amplifyOnPool?.signIn(name, 'demo', 'USER_SRP_AUTH'), username);
  expect(step).toBe('DONE');
  return page;
}

/** How the pool answers to a refresh token. */
async function refreshDirectly(refreshToken: string | undefined): Promise<string> {
  const response = await fetch(stage.pool.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.GetTokensFromRefreshToken',
    },
    body: JSON.stringify({ RefreshToken: refreshToken, ClientId: 'investments-spa' }),
  });
  return response.headers.get('x-amzn-errortype') ?? String(response.status);
}

describe('with its own form, Amplify', () => {
  beforeAll(async () => {
    stage = await open();
  });
  afterAll(() => stage.close());

  test.each(['USER_SRP_AUTH', 'USER_PASSWORD_AUTH'] as const)(
    'signs in by %s, refreshes and signs out',
    async (flow) => {
      const page = await openApp();
      expect(await page.evaluate((name) => window.amplifyOnPool?.signIn('usa-manager', 'demo', name), flow)).toBe(
        'DONE',
      );
      const first = await session(page);
      expect(first?.accessToken).toMatchObject({
        iss: stage.pool.issuer,
        username: 'usa-manager',
        client_id: 'investments-spa',
        scope: 'aws.cognito.signin.user.admin',
      });
      expect(first?.idToken).toMatchObject({ 'cognito:username': 'usa-manager', aud: 'investments-spa' });
      expect(await page.evaluate(() => window.amplifyOnPool?.attributes())).toMatchObject({
        sub: first?.accessToken?.sub,
        email: 'usa-manager@example.com',
        email_verified: 'true',
      });

      const second = await session(page, true);
      expect(second?.accessToken?.jti).not.toBe(first?.accessToken?.jti);
      expect(second?.accessToken?.origin_jti).toBe(first?.accessToken?.origin_jti);

      const refreshToken = await refreshTokenOf(page);
      expect(await refreshDirectly(refreshToken)).toBe('200');
      await page.evaluate(() => window.amplifyOnPool?.signOut(false));
      expect(await session(page)).toEqual({ accessToken: undefined, idToken: undefined });
      expect(await refreshDirectly(refreshToken)).toBe('NotAuthorizedException');
    },
  );

  test.each(['USER_SRP_AUTH', 'USER_PASSWORD_AUTH'] as const)('tells what went wrong by %s', async (flow) => {
    const page = await openApp();
    stage.holdClock();
    const attempt = (username: string, password: string) =>
      page.evaluate(([name, secret, by]) => window.amplifyOnPool?.signIn(name, secret, by), [
        username,
        password,
        flow,
      ] as const);
    const wrong = 'NotAuthorizedException: Incorrect username or password.';
    expect(await attempt('nobody', 'demo')).toBe(wrong);
    for (let turn = 1; turn <= 5; turn += 1) expect(await attempt('investor-90', 'wrong')).toBe(wrong);
    expect(await attempt('investor-90', 'demo')).toBe('NotAuthorizedException: Password attempts exceeded');
    stage.advance(900);
    expect(await attempt('investor-90', 'demo')).toBe('DONE');
  });

  test('is still signed in after the page was loaded anew', async () => {
    const page = await signedIn();
    const before = await session(page);
    await page.reload();
    await ready(page);
    expect((await session(page))?.accessToken?.jti).toBe(before?.accessToken?.jti);
  });

  test('signs out everywhere: another browser of the person cannot refresh any more', async () => {
    const [here, there] = [await signedIn('newcomer'), await signedIn('newcomer')];
    await here.evaluate(() => window.amplifyOnPool?.signOut(true));
    expect(await refreshDirectly(await refreshTokenOf(there))).toBe('NotAuthorizedException');
  });
});

describe('with the pages of the pool, Amplify', () => {
  beforeAll(async () => {
    stage = await open();
  });
  afterAll(() => stage.close());

  async function signInOnPages(page: Page): Promise<void> {
    await page.evaluate(() => void window.amplifyOnPool?.redirect());
    await enterPassword(page, 'auditor');
    await page.waitForURL(`${stage.appUrl}/**`);
    await ready(page);
    await expect.poll(async () => (await session(page))?.accessToken?.username).toBe('auditor');
  }

  test('signs in over https, refreshes, and signs out with the session', async () => {
    const page = await openApp();
    await signInOnPages(page);
    const first = await session(page);
    expect(first?.accessToken).toMatchObject({
      iss: stage.pool.issuer,
      scope: 'openid aws.cognito.signin.user.admin investments/read',
    });
    const second = await session(page, true);
    expect(second?.accessToken?.jti).not.toBe(first?.accessToken?.jti);
    expect(second?.accessToken?.scope).toBe(first?.accessToken?.scope);

    const refreshToken = await refreshTokenOf(page);
    const logout = page.waitForResponse(/\/logout\?/);
    await page.evaluate(() => void window.amplifyOnPool?.signOut(false));
    expect((await logout).status()).toBe(302);
    await page.waitForURL(`${stage.appUrl}/`);
    expect(await refreshDirectly(refreshToken)).toBe('NotAuthorizedException');
    await ready(page);
    await page.evaluate(() => void window.amplifyOnPool?.redirect());
    await page.waitForURL(/\/login\?transaction=/);
  });
});

describe('with rotated refresh tokens, Amplify', () => {
  beforeAll(async () => {
    stage = await open({ rotationGraceSeconds: 0 });
  });
  afterAll(() => stage.close());

  test('keeps the new one of each refresh, and the old one ends the sign-in', async () => {
    const page = await signedIn();
    const first = await refreshTokenOf(page);
    await session(page, true);
    const second = await refreshTokenOf(page);
    expect(second).not.toBe(first);
    await session(page, true);
    expect(await refreshTokenOf(page)).not.toBe(second);
    expect(await refreshDirectly(first)).toBe('RefreshTokenReuseException');
    expect(await refreshDirectly(await refreshTokenOf(page))).toBe('NotAuthorizedException');
  });
});
