import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillSignIn, type Guest, openStage, type Stage } from './stage.ts';

// oidc-client-ts, Apollo Client and the kit in Chromium, against npm start.

let stage: Stage;
let guest: Guest;

beforeAll(async () => {
  stage = await openStage('oidcApp.ts');
});

afterAll(() => stage?.close());

beforeEach(async () => {
  guest = await stage.open();
});

afterEach(() => guest.context.close());

/** Has the access token that the page holds be one that expired ten minutes ago. */
async function expire(page: Page, username = 'global-admin'): Promise<void> {
  const token = await stage.issueToken(username, '--expires-in', '-600');
  await page.evaluate((accessToken) => window.app.replaceToken(accessToken), token);
}

const ask = (page: Page, times: number) => page.evaluate((count) => window.app.ask(count), times);
const ok = (times: number) => Array.from({ length: times }, () => 'ok');
const signOuts = (page: Page) =>
  page.evaluate(() => window.app.changes.filter(({ subject }) => subject === undefined).length);

test('50 parallel queries over an expiry: one refresh, no sign-out', async () => {
  const page = await guest.signIn('global-admin');
  await expire(page);
  expect(await ask(page, 50)).toEqual(ok(50));
  expect([guest.refreshCount(), guest.requestCount(), await signOuts(page)]).toEqual([1, 100, 0]);
});

test('two tabs with 25 queries each over an expiry: one refresh, no sign-out, and both have the new token', async () => {
  const page = await guest.signIn('global-admin');
  const other = await guest.tab();
  await expire(page);
  expect(await Promise.all([ask(page, 25), ask(other, 25)])).toEqual([ok(25), ok(25)]);
  expect([guest.refreshCount(), await signOuts(page), await signOuts(other)]).toEqual([1, 0, 0]);
  const tokens = await Promise.all([page, other].map((tab) => tab.evaluate(() => window.app.accessToken())));
  expect(new Set(tokens).size).toBe(1);
});

test('a tab that does not see yet what another one has stored waits for it, and does not refresh', async () => {
  const page = await guest.signIn('global-admin');
  const other = await guest.tab();
  await expire(page);
  await other.evaluate(() => window.app.freezeStorage(8));
  expect(await ask(page, 1)).toEqual(ok(1));
  expect(await ask(other, 1)).toEqual(ok(1));
  expect([guest.refreshCount(), await signOuts(page), await signOuts(other)]).toEqual([1, 0, 0]);
});

test('offline in the middle: what is asked fails for now, and nobody is signed out', async () => {
  const page = await guest.signIn('global-admin');
  await expire(page);
  // The API still answers that the token is too old; then the network is gone.
  await guest.context.route(`${stage.poolUrl}/oauth2/token`, async (route) => {
    await guest.context.setOffline(true);
    await route.abort('internetdisconnected');
  });
  expect(await ask(page, 10)).toEqual(Array.from({ length: 10 }, () => 'tryAgain'));
  expect(await ask(page, 1)).toEqual(['tryAgain']);
  await guest.context.unroute(`${stage.poolUrl}/oauth2/token`);
  await guest.context.setOffline(false);
  expect([await ask(page, 10), await signOuts(page)]).toEqual([ok(10), 0]);
});

describe('503 for five seconds', () => {
  function forFiveSeconds(): () => boolean {
    const until = Date.now() + 5_000;
    return () => Date.now() < until;
  }

  test('of the API: every query is answered after a few attempts', async () => {
    const page = await guest.signIn('global-admin');
    await guest.unavailable('api', forFiveSeconds());
    expect(await ask(page, 10)).toEqual(ok(10));
    expect([guest.refreshCount(), await signOuts(page)]).toEqual([0, 0]);
    expect(guest.requestCount()).toBeLessThanOrEqual(50);
  });

  test('of the token endpoint, over an expiry: every query is answered after a few refreshes', async () => {
    const page = await guest.signIn('global-admin');
    await expire(page);
    await guest.unavailable('token', forFiveSeconds());
    expect([await ask(page, 10), await signOuts(page)]).toEqual([ok(10), 0]);
    expect(guest.refreshCount()).toBeLessThanOrEqual(5);
    expect(guest.requestCount()).toBe(20);
  });
});

test.each([
  ['fast', 600_000],
  ['slow', -600_000],
])('a clock that is ten minutes %s changes nothing', async (_name, clockOffsetMs) => {
  const wrong = await stage.open({ clockOffsetMs });
  const page = await wrong.signIn('global-admin');
  expect([await ask(page, 10), wrong.refreshCount()]).toEqual([ok(10), 0]);
  await expire(page);
  expect([await ask(page, 10), wrong.refreshCount(), await signOuts(page)]).toEqual([ok(10), 1, 0]);
  await wrong.context.close();
});

describe('when somebody else signs in', () => {
  const secret = 'Alder Rail';

  test('in another tab, nothing of the person before is left in either', async () => {
    const page = await guest.signIn('global-admin');
    expect(await page.evaluate(() => window.app.companies())).toContain(secret);
    const other = await guest.signIn('usa-manager');
    await page.waitForFunction(() => window.app.changes.length === 2);
    for (const tab of [page, other]) {
      expect(await tab.evaluate(() => window.app.cache())).not.toContain(secret);
      expect(await tab.evaluate(() => window.app.companies())).toEqual(['Birch Solar', 'Dogwood Labs']);
    }
  });

  test('what is under way for the person before is not handed out', async () => {
    const page = await guest.signIn('global-admin');
    const answers: (() => void)[] = [];
    await guest.context.route(stage.apiUrl, async (route) => {
      const response = await route.fetch();
      answers.push(() => void route.fulfill({ response }));
    });
    const running = page.evaluate(() => window.app.companies().catch((error: unknown) => String(error)));
    await expect.poll(() => answers.length).toBe(1);
    const other = await guest.signIn('usa-manager');
    await page.waitForFunction(() => window.app.changes.length === 2);
    for (const answer of answers) answer();
    expect(await running).not.toContain(secret);
    expect(await page.evaluate(() => window.app.cache())).not.toContain(secret);
    await other.close();
  });

  test('a sign-out in one tab empties the other', async () => {
    const page = await guest.signIn('global-admin');
    const other = await guest.tab();
    await other.evaluate(() => window.app.companies());
    await page.evaluate(() => window.app.signOut());
    await other.waitForFunction(() => window.app.changes.some(({ subject }) => subject === undefined));
    expect(await other.evaluate(() => window.app.cache())).toBe('{}');
  });
});

describe('step-up', () => {
  /** Pays more than an old sign-in may, and gives the popup that opens for a newer one. */
  async function payByPopup(page: Page, key: string) {
    const token = await stage.issueToken('global-admin', '--auth-age', '3000');
    await page.evaluate((accessToken) => window.app.replaceToken(accessToken), token);
    const opened = guest.context.waitForEvent('page');
    const paid = page.evaluate((idempotencyKey) => window.app.pay(200_000, idempotencyKey), key);
    return { popup: await opened, paid };
  }

  test('in a popup: the payment is entered once the person has signed in anew', async () => {
    const page = await guest.signIn('global-admin');
    const { popup, paid } = await payByPopup(page, 'popup');
    await fillSignIn(popup, 'global-admin');
    expect(await paid).toBe('ok');
  });

  test('a popup that is closed leaves the refusal', async () => {
    const page = await guest.signIn('global-admin');
    const { popup, paid } = await payByPopup(page, 'closed');
    await popup.waitForURL(/\/login/);
    await popup.close();
    expect([await paid, await signOuts(page)]).toEqual(['signInAgain', 0]);
  });

  test('a popup in which somebody else signs in pays nothing in their name', async () => {
    const page = await guest.signIn('global-admin');
    const { popup, paid } = await payByPopup(page, 'somebody-else');
    await fillSignIn(popup, 'usa-manager');
    expect(await paid).toBe('tryAgain');
    expect(await page.evaluate(() => window.app.companies())).toEqual(['Birch Solar', 'Dogwood Labs']);
  });
});

test('the page was never left for anywhere else', async () => {
  const page = await guest.signIn('global-admin');
  expect(new URL(page.url()).origin).toBe(stage.pageOrigin);
});
