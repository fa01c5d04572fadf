import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { refresh } from '../../support/localPool.ts';
import type {} from './oidcApp.ts';
import { enterPassword, openStage, type Stage } from './stage.ts';

// oidc-client-ts 3 as it is on npm, in Chromium, against the local user pool.

let stage: Stage;
let page: Page;
beforeAll(async () => {
  stage = await openStage('oidcApp.ts');
});
afterAll(() => stage.close());
afterEach(() => page.context().close());

async function openApp(): Promise<void> {
  page = await (await stage.open()).newPage();
  await page.goto(stage.appUrl);
  await ready();
}

const ready = () => page.waitForFunction(() => window.oidcOnPool !== undefined);
const user = () => page.evaluate(() => window.oidcOnPool?.user());

/** Sends the browser to the pool, and waits until the application has it back; without a user, by the session. */
async function signIn(username?: string, args = {}): Promise<void> {
  // The application takes the code off its address: that is when it is done.
  const back = page.waitForResponse(`${stage.pool.url}/oauth2/token`);
  await page.evaluate((given) => void window.oidcOnPool?.signIn(given), args);
  if (username !== undefined) await enterPassword(page, username);
  await back;
  await page.waitForURL(`${stage.appUrl}/`);
  await ready();
}

test('signs in with what the person may have of the scopes, refreshes and revokes', async () => {
  await openApp();
  await signIn('asia-europe-manager');
  const before = await user();
  expect(before).toMatchObject({ 'cognito:username': 'asia-europe-manager', scopes: ['openid', 'investments/read'] });
  await page.evaluate(() => window.oidcOnPool?.refresh());
  const after = await user();
  expect(after?.jti).not.toBe(before?.jti);
  expect(after?.origin_jti).toBe(before?.origin_jti);
  expect((await refresh(stage.pool, String(after?.refreshToken))).status).toBe(200);
  await page.evaluate(() => window.oidcOnPool?.revoke());
  expect((await refresh(stage.pool, String(after?.refreshToken))).status).toBe(400);
});

test('is signed in silently as long as the session lasts, and asked otherwise', async () => {
  await openApp();
  await signIn('usa-manager');
  const sub = (await user())?.sub;
  expect(await page.evaluate(() => window.oidcOnPool?.silent())).toBe(sub);
  stage.advance(3600);
  expect(await page.evaluate(() => window.oidcOnPool?.silent())).toMatch(/nobody is signed in/);
});

test('a step-up without prompt=login gets the old auth_time back, and with it a new one', async () => {
  await openApp();
  await signIn('usa-manager');
  const before = Number((await user())?.auth_time);
  stage.advance(600);
  await signIn();
  expect((await user())?.auth_time).toBe(before);
  await signIn('usa-manager', { prompt: 'login', max_age: 300 });
  expect(Number((await user())?.auth_time)).toBeGreaterThanOrEqual(before + 600);
});

test('signs out with client_id and logout_uri, and is told so without them', async () => {
  await openApp();
  await signIn('usa-manager');
  await page.evaluate(() => void window.oidcOnPool?.signOut());
  await page.waitForURL(/\/logout/);
  expect(await page.locator('main').textContent()).toContain('extraQueryParams');

  await page.goto(stage.appUrl);
  await ready();
  const logoutUri = `${stage.appUrl}/`;
  const response = page.waitForResponse(/\/logout\?/);
  await page.evaluate(
    (uri) => void window.oidcOnPool?.signOut({ extraQueryParams: { client_id: 'investments-spa', logout_uri: uri } }),
    logoutUri,
  );
  expect((await response).status()).toBe(302);
  await page.waitForURL(logoutUri);
  await ready();
  await page.evaluate(() => void window.oidcOnPool?.signIn());
  await page.waitForURL(/\/login\?transaction=/);
});
