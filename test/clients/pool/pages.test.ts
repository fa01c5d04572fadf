import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { demoPool } from '../../../dev/demoPool.ts';
import { startBrowser } from '../../browser/browser.ts';
import { beginSignIn, type FormFields, startTestPool, type TestPool } from '../../support/localPool.ts';

// The pages of the local user pool in Chromium.

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let pool: TestPool;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  [browser, pool] = await Promise.all([startBrowser(), startTestPool()]);
});
afterAll(async () => {
  await browser.close();
  await pool.close();
});
afterEach(() => page.context().close());

interface Look {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

async function open(path: string, { width = 1280, scheme = 'light' }: Look = {}): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme });
  page = await context.newPage();
  complaints = [];
  // A page that answers 400 or 403 is told to the console too, by its status; that is not a complaint of the page.
  page.on('console', (message) => {
    if (!/the server responded with a status of 4/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(new URL(path, pool.url).href);
}

const asksForAll = { scope: 'openid investments/read investments/pii investments/admin' };

async function openSignIn(overrides: FormFields = asksForAll, look: Look = {}): Promise<void> {
  await open(`/login?transaction=${await beginSignIn(pool, overrides)}`, look);
}

async function enterWrongPassword(): Promise<void> {
  await page.locator('#username').fill('auditor');
  await page.locator('#password').fill('wrong');
  await page.locator('#password').press('Enter');
  await page.locator('[role=alert]').waitFor();
}

const focused = () => page.evaluate(() => document.activeElement?.id);

/** The rules of WCAG 2.2 AA and axe's best practices that the page breaks, with where. */
async function violations(): Promise<readonly string[]> {
  // Run by the browser's debugger, which the content security policy of the page does not bind.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const results = await axe.run();
    return results.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  });
}

/** How many pixels of the page are beside the window. */
const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const pages: readonly (readonly [string, (look: Look) => Promise<void>])[] = [
  ['the sign-in page', (look) => openSignIn(asksForAll, look)],
  [
    'the sign-in page after a mistake',
    async (look) => {
      await openSignIn(asksForAll, look);
      await enterWrongPassword();
    },
  ],
  ['the page of a request that is not valid', (look) => open('/oauth2/authorize?client_id=investments-spa', look)],
  ['the page of a sign-in that is over', (look) => open('/login?transaction=x', look)],
  ['the page at /', (look) => open('/', look)],
];

describe.each(pages)('%s', (_name, openPage) => {
  test.each([
    { width: 1280, scheme: 'light' },
    { width: 1280, scheme: 'dark' },
    { width: 320, scheme: 'light' },
    { width: 320, scheme: 'dark' },
  ] as const)('breaks no rule of axe, fits, and asks the browser for nothing it forbids: %j', async (look) => {
    await openPage(look);
    expect(await violations()).toEqual([]);
    expect(await overflow()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe('the sign-in page', () => {
  test('has the focus where the next key belongs', async () => {
    await openSignIn();
    expect(await focused()).toBe('username');
    await page.keyboard.type('auditor');
    await page.keyboard.press('Tab');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    expect(await focused()).toBe('password');
    expect(await page.locator('#username').inputValue()).toBe('auditor');
    const description = page.locator(`#${await page.locator('#password').getAttribute('aria-describedby')}`);
    expect(await description.textContent()).toContain('Incorrect');
  });

  test('has the focus on the password when the client names the user', async () => {
    await openSignIn({ login_hint: 'auditor' });
    expect(await focused()).toBe('password');
  });

  test.each(demoPool.users)('says who $username is, and signs in as them with one click', async (user) => {
    await openSignIn();
    const person = page.locator('.people > li', { has: page.locator(`button[value="${user.username}"]`) });
    const text = (await person.textContent()) ?? '';
    for (const fact of [user.username, user.name ?? '', user.description ?? '']) expect(text).toContain(fact);
    const missing = ['investments/read', 'investments/pii', 'investments/admin'].filter(
      (scope) => !user.scopes.includes(scope),
    );
    expect(await person.locator('.missing code').allTextContents()).toEqual(missing);
    const back = page.waitForRequest(/callback\?code=/);
    await page.getByRole('button', { name: `Sign in as ${user.username}` }).click();
    expect(new URL((await back).url()).origin).toBe('http://localhost:3000');
  });
});

describe('after the form, the browser follows', () => {
  test.each([
    'com.example.app:/callback',
    'com.example.app://callback',
    'capacitor://localhost/callback',
    'http://localhost:8081/callback',
    'http://127.0.0.1:49152/callback',
  ])('the redirect to %s', async (redirectUri) => {
    await openSignIn({ redirect_uri: redirectUri });
    // Nobody is there; it matters that the browser goes. What its policy forbids it does not even begin.
    const back = page.waitForEvent('requestfailed', (request) => request.url().startsWith(redirectUri));
    await page.getByRole('button', { name: 'Sign in as auditor' }).click();
    expect(new URL((await back).url()).searchParams.get('code')).toMatch(/^[\w-]{43}$/);
    expect(complaints).toEqual([]);
  });
});
