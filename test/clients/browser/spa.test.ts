import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedProcess, startProcess } from '../../../packages/claimgraph/test/support/startProcess.ts';
import { startBrowser } from '../../browser/browser.ts';
import { fillSignIn, findFreePort } from './stage.ts';

// examples/spa in Chromium, as `npm run example` starts it.

const root = fileURLToPath(new URL('../../..', import.meta.url));
const node = [process.execPath, '--conditions=source', '--import', 'tsx'] as const;

let browser: Browser;
let example: StartedProcess;
let dataDir: string;
let url: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'claimgraph-spa-'));
  const port = await findFreePort();
  url = `http://localhost:${port}/`;
  const ports = { PORT: '0', USER_POOL_PORT: '0', EXAMPLE_PORT: String(port) };
  example = startProcess([...node, 'dev/example.ts'], { CLAIMGRAPH_DATA_DIR: dataDir, ...ports });
  [browser] = await Promise.all([startBrowser(), example.printed(url)]);
});

afterAll(async () => {
  await browser?.close();
  await example?.stop();
  await rm(dataDir, { recursive: true });
});

/** What a row of the list says: name, region, rating. */
async function companies(page: Page): Promise<readonly string[]> {
  await page.locator('tbody tr').first().waitFor();
  return page.locator('tbody tr').evaluateAll((rows) => {
    return rows.map((row) =>
      [...row.children]
        .map((cell) => cell.textContent)
        .filter((_, i) => i !== 2 && i < 4)
        .join(' · '),
    );
  });
}

async function pay(page: Page, company: string, amountUsd: number): Promise<void> {
  const row = page.locator('tbody tr', { hasText: company });
  await row.getByLabel(`Amount for ${company}, USD`).fill(String(amountUsd));
  await row.getByRole('button', { name: 'Pay' }).click();
}

/** Notes from now on what is ever shown as the reason for what is not there. */
const watchReasons = (page: Page) =>
  page.evaluate(() => {
    const note = () => {
      for (const shown of document.querySelectorAll<HTMLElement>('[data-why]')) reasons.add(shown.dataset.why);
    };
    const reasons = new Set<string | undefined>();
    Object.assign(window, { reasons });
    new MutationObserver(note).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    note();
  });

const reasons = (page: Page) => page.evaluate(() => [...(Reflect.get(window, 'reasons') as Set<string>)]);

const told = (page: Page, company: string) => page.locator('tbody tr', { hasText: company }).locator('output');

/** Has the token that the page holds be one of a sign-in that is long ago. */
async function ageSignIn(page: Page, username: string): Promise<void> {
  const [file, ...args] = [...node, 'dev/token.ts', username, '--auth-age', '3000'];
  const env = { PATH: process.env.PATH, CLAIMGRAPH_DATA_DIR: dataDir };
  const { stdout } = await promisify(execFile)(file, args, { cwd: root, env });
  await page.evaluate((accessToken) => {
    const key = Object.keys(localStorage).find((name) => name.startsWith('oidc.user:')) ?? '';
    localStorage.setItem(
      key,
      JSON.stringify({ ...JSON.parse(localStorage.getItem(key) ?? ''), access_token: accessToken }),
    );
  }, stdout.trim());
}

test('a person reads, pays, signs in as somebody else, steps up and signs out', async () => {
  const page = await browser.newPage();
  const failures: string[] = [];
  page.on('pageerror', ({ message }) => failures.push(message));

  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign in as usa-manager' }).click();
  await page.waitForURL(url);
  expect(await companies(page)).toEqual(['Birch Solar · USA · A', 'Dogwood Labs · USA · not for you']);

  await watchReasons(page);
  await pay(page, 'Birch Solar', 2_000);
  await expect.poll(() => told(page, 'Birch Solar').textContent()).toBe('Paid 2,000 USD.');
  await pay(page, 'Birch Solar', 25_001);
  await expect.poll(() => told(page, 'Birch Solar').textContent()).toMatch(/25,?000/);
  await pay(page, 'Dogwood Labs', 1);
  await expect.poll(() => told(page, 'Dogwood Labs').textContent()).toBe('You may not pay into this company.');
  expect(await companies(page)).toEqual(['Birch Solar · USA · A', 'Dogwood Labs · USA · not for you']);
  expect(await reasons(page)).toEqual(['mayNot']);

  await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
  await fillSignIn(page, 'global-admin');
  await page.waitForURL(url);
  expect(await companies(page)).toEqual([
    'Alder Rail · EUROPE · B',
    'Birch Solar · USA · A',
    'Cedar Ports · ASIA · C',
    'Dogwood Labs · USA · D',
  ]);

  await ageSignIn(page, 'global-admin');
  const opened = page.waitForEvent('popup');
  await pay(page, 'Cedar Ports', 200_000);
  await fillSignIn(await opened, 'global-admin');
  await expect.poll(() => told(page, 'Cedar Ports').textContent()).toBe('Paid 200,000 USD.');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/login/);
  await page.goto(url);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('oidc.user:')))).toEqual(
    [],
  );
  expect(failures).toEqual([]);
});

test('its operations are typed as the schema is now, and it compiles', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'typecheck'], {
    cwd: join(root, 'examples/spa'),
  });
  expect(stdout).not.toContain('error');
});
