import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillSignIn, type Guest, openStage, type Stage } from './stage.ts';

// The recipes for signing in of docs/clients, in Chromium, against npm start.

let stage: Stage;
let guest: Guest;

beforeAll(async () => {
  stage = await openStage('recipesApp.tsx');
});

afterAll(() => stage?.close());

beforeEach(async () => {
  guest = await stage.open();
});

afterEach(() => guest.context.close());

test('oidc-client-ts and react-oidc-context: signs in, tells who, and signs out here and at the user pool', async () => {
  const page = await guest.tab();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await fillSignIn(page, 'usa-manager');
  await page.getByText('usa-manager@example.com').waitFor();
  expect(page.url()).toBe(`${stage.pageOrigin}/`);
  expect(await page.evaluate(() => window.recipes.manager.getToken())).toMatch(/^ey/);

  const revoked = page.waitForResponse(`${stage.poolUrl}/oauth2/revoke`);
  await page.evaluate(() => void window.recipes.signOut?.());
  expect((await revoked).status()).toBe(200);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/login/);
});

test('react-oidc-context: signed out by its button, there is no token, and nobody is shown', async () => {
  const page = await guest.tab();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await fillSignIn(page, 'auditor');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await page.evaluate(() => window.recipes.manager.getToken())).toBeUndefined();
});

test('aws-amplify: signs in by password, and the manager has the token', async () => {
  const page = await guest.tab();
  await page.goto(`${stage.pageOrigin}/amplify`);
  await page.waitForFunction(() => window.settings.isReady === true);
  await page.evaluate(() => window.recipes.signIn?.('usa-manager'));
  expect(await page.evaluate(() => window.recipes.manager.getToken())).toMatch(/^ey/);
});
