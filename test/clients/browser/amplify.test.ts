import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillSignIn, type Guest, openStage, type Stage } from './stage.ts';

// aws-amplify and the kit in Chromium, against npm start.

let stage: Stage;
let guest: Guest;

beforeAll(async () => {
  stage = await openStage('amplifyApp.ts');
});

afterAll(() => stage?.close());

beforeEach(async () => {
  guest = await stage.open();
});

afterEach(() => guest.context.close());

const ask = (page: Page, times: number, query?: string) =>
  page.evaluate(([count, text]) => window.amplifyApp.ask(count, text), [times, query] as const);
const ok = (times: number) => Array.from({ length: times }, () => 'ok');

async function expire(page: Page): Promise<void> {
  const token = await stage.issueToken('usa-manager', '--expires-in', '-600');
  await page.evaluate((accessToken) => window.amplifyApp.replaceToken(accessToken), token);
}

async function signInWithSrp(): Promise<Page> {
  const page = await guest.tab();
  await page.evaluate(() => window.amplifyApp.signIn('usa-manager'));
  return page;
}

async function signInWithRedirect(): Promise<Page> {
  const page = await guest.tab();
  await page.evaluate(() => window.amplifyApp.signInWithRedirect());
  await fillSignIn(page, 'usa-manager');
  await page.waitForURL(`${stage.pageOrigin}/callback**`);
  await page.waitForFunction(() => window.settings.isReady === true);
  await page.waitForFunction(() => window.amplifyApp.changes.length > 0);
  return page;
}

test('signed in by SRP, the token has no scope of the API: what needs one is refused, and nothing is asked twice', async () => {
  const page = await signInWithSrp();
  expect(await ask(page, 1)).toEqual(ok(1));
  expect(await ask(page, 1, '{ viewer { subject } }')).toEqual(['mayNot']);
  expect([guest.refreshCount(), guest.requestCount()]).toEqual([0, 2]);
});

test('signed in on the pages of the user pool, it has those that were asked for', async () => {
  const page = await signInWithRedirect();
  expect(await ask(page, 1, '{ viewer { subject } }')).toEqual(ok(1));
});

test.each([
  ['SRP', signInWithSrp],
  ['the pages of the user pool', signInWithRedirect],
])(
  'signed in by %s: 50 parallel queries in two tabs over an expiry make one refresh, no sign-out',
  async (_name, signIn) => {
    const page = await signIn();
    const other = await guest.tab();
    await expire(page);
    expect(await Promise.all([ask(page, 25), ask(other, 25)])).toEqual([ok(25), ok(25)]);
    const signOuts = [page, other].map((tab) =>
      tab.evaluate(() => window.amplifyApp.changes.filter(({ subject }) => subject === undefined).length),
    );
    expect([guest.refreshCount(), await Promise.all(signOuts)]).toEqual([1, [0, 0]]);
  },
);

test('a sign-out is noticed in every tab', async () => {
  const page = await signInWithSrp();
  const other = await guest.tab();
  expect(await other.evaluate(() => window.amplifyApp.accessToken())).toBeDefined();
  await page.evaluate(() => window.amplifyApp.signOut());
  for (const tab of [page, other]) {
    await tab.waitForFunction(() => window.amplifyApp.changes.some(({ subject }) => subject === undefined));
  }
});
