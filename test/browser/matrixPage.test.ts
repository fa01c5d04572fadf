import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../packages/claimgraph/src/cli/runCommandLine.ts';
import { terminal as anyFolder } from '../../packages/claimgraph/test/cli/askCommandLine.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { demoPersonas } from '../support/personas.ts';
import { openPage, startBrowser } from './browser.ts';
import { lowestContrast, overflows } from './legibility.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let browser: Browser;
let folder: string;
let file: string;
let page: Page;
let complaints: readonly string[];
let everyField: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-page-'));
  file = join(folder, 'matrix.html');
  const terminal = { ...anyFolder, folder: repository, colours: false };
  const print = async (format: string) => (await runCommandLine(['matrix', '--format', format], terminal)).stdout;
  await writeFile(file, await print('html'));
  everyField = JSON.parse(await print('json')).fields.map((field: { coordinate: string }) => field.coordinate);
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  ({ page, complaints } = await openPage(browser, file));
});

afterEach(async () => {
  expect(complaints, 'errors, warnings and requests').toEqual([]);
  await page.close();
});

test('without a browser the suite fails and says what to install', async () => {
  await expect(startBrowser('/nowhere/chromium')).rejects.toThrow(
    /\/nowhere\/chromium\b.*apt-get install chromium\b.*\bCHROMIUM$/,
  );
});

describe('the page of claimgraph matrix', () => {
  test('shows every field and persona, and says how many', async () => {
    expect(await shown()).toEqual(everyField);
    expect(await count()).toBe(`${everyField.length} fields`);
    expect(await columns()).toEqual(['anonymous', ...Object.keys(demoPersonas)]);
  });

  test('finds fields by words of their names and rules, as they are typed', async () => {
    await page.getByLabel('Search').click();
    await page.keyboard.type('company. NOTES');
    expect(await shown()).toEqual(['Company.boardNotes']);
    expect(await count()).toBe('1 field');
    await page.getByLabel('Search').fill('own manager');
    expect(await shown()).toEqual(['Company.internalRating', 'Company.boardNotes']);
  });

  test('looks at one persona and one verdict, and then says which rule refuses', async () => {
    await page.getByLabel('Persona').selectOption('usa-manager');
    expect(await columns()).toEqual(['usa-manager']);
    await page.getByLabel('Verdict').selectOption('per row');
    expect(await shown()).toEqual(expect.arrayContaining(['Company.internalRating', 'Company.boardNotes']));
    expect(await shown()).not.toContain('Query.auditLog');
    await page.getByLabel('Verdict').selectOption('denied');
    expect(await shown()).toContain('Query.auditLog');
    await expect(page.locator('tr', { hasText: 'Query.auditLog' }).innerText()).resolves.toContain(
      'by: is an admin or an auditor',
    );
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await shown()).toEqual(everyField);
    expect(await columns()).toHaveLength(Object.keys(demoPersonas).length + 1);
    expect(await page.getByRole('button', { name: 'Clear' }).count()).toBe(0);
  });

  test('says so when nothing fits, and how to go back', async () => {
    const nothing = page.getByText('No field fits all of this.');
    expect(await nothing.isVisible()).toBe(false);
    await page.getByLabel('Search').fill('no field is called so');
    expect([await shown(), await count(), await nothing.isVisible()]).toEqual([[], '0 fields', true]);
    await page.keyboard.press('Escape');
    expect([await count(), await nothing.isVisible()]).toEqual([`${everyField.length} fields`, false]);
  });

  test('is used by the keyboard alone', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('rating/');
    expect(await page.getByLabel('Search').inputValue()).toBe('rating/');
    await page.keyboard.press('Backspace');
    expect(await shown()).toContain('Company.internalRating');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    expect(await columns()).toEqual(['anonymous']);
    await page.keyboard.press('Tab');
    await page.keyboard.type('denied');
    expect(await shown()).toContain('Company.internalRating');
    await page.keyboard.press('Escape');
    expect(await shown()).toEqual(everyField);
    expect(await focused()).toBe('search');
    // Search, persona, verdict, and then the table, which scrolls.
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('Tab');
    expect(await focused()).toBe('Access matrix');
    await page.keyboard.press('End');
    // Playwright's own waiting evaluates texts within the page, which the page's policy forbids.
    await until(() => page.evaluate("document.querySelector('.matrix').scrollTop > 100"));
  });

  test('leaves shortcuts of the browser alone', async () => {
    await page.getByLabel('Search').fill('rating');
    await page.keyboard.press('Control+/');
    expect(await page.getByLabel('Search').inputValue()).toBe('rating');
  });

  test.each(['light', 'dark'] as const)(
    'is legible in the %s scheme, and tells verdicts by more than colour',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      expect(await lowestContrast(page, 'p, li, label, option, output, th, td, small, code')).toBeGreaterThanOrEqual(
        4.5,
      );
      const signOf = (verdict: string): Promise<string> =>
        page.evaluate(
          `getComputedStyle(document.querySelector('td[data-verdict="${verdict}"]'), '::before').content[1]`,
        );
      const verdicts = ['allowed', 'denied', 'masked', 'per row', 'per argument'];
      expect(await Promise.all(verdicts.map(signOf))).toEqual(['✓', '✕', '◐', '⋯', '⋯']);
    },
  );

  test('keeps names and personas in sight', async () => {
    await page.locator('.matrix').evaluate('(matrix) => matrix.scrollTo(9_000, 9_000)');
    const region = await page.locator('.matrix').boundingBox();
    const persona = await page.locator('thead th').last().boundingBox();
    const field = await page.locator('tbody th[scope=row]').last().boundingBox();
    expect(persona?.y).toBeCloseTo((region?.y ?? 0) + 1, 0);
    expect(field?.x).toBeCloseTo((region?.x ?? 0) + 1, 0);
    expect(await overflows(page)).toBe(false);
  });

  test('is readable in a narrow window', async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await overflows(page)).toBe(false);
    await page.locator('.matrix').scrollIntoViewIfNeeded();
    const name = await page.locator('tbody th[scope=row]').first().boundingBox();
    const cell = await page.locator('td').first().boundingBox();
    expect(name?.width).toBeLessThan(180);
    expect((cell?.x ?? 0) + (cell?.width ?? 0)).toBeLessThan(360);
  });

  test('prints the whole table and no form', async () => {
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#filters').isVisible()).toBe(false);
    const [inner, outer]: [number, number] = await page.evaluate(
      "(({ scrollHeight, clientHeight }) => [scrollHeight, clientHeight])(document.querySelector('.matrix'))",
    );
    expect(inner).toBe(outer);
    expect((await page.pdf()).byteLength).toBeGreaterThan(10_000);
  });

  test('is whole without its script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`file://${file}`);
    expect(await plain.locator('tbody th[scope=row] code').count()).toBe(everyField.length);
    expect(await plain.locator('#filters').isVisible()).toBe(false);
    await context.close();
  });
});

function shown(): Promise<readonly string[]> {
  return textsOf('tbody th[scope=row] code');
}

async function columns(): Promise<readonly string[]> {
  const heads = await textsOf('thead th[data-persona]');
  return heads.map((head) => head.split('\n')[0] ?? '');
}

function textsOf(selector: string): Promise<readonly string[]> {
  const visible = `[...document.querySelectorAll('${selector}')].filter((one) => one.checkVisibility())`;
  return page.evaluate(`${visible}.map(({ innerText }) => innerText)`);
}

function count(): Promise<string> {
  return page.locator('#shown').innerText();
}

function focused(): Promise<string> {
  return page.evaluate("document.activeElement.id || document.activeElement.getAttribute('aria-label')");
}
