import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestClient } from '../../packages/claimgraph/src/testing/testClient.ts';
import { startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { startBrowser } from './browser.ts';
import { overflows } from './legibility.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const start = [process.execPath, '--conditions=source', '--import', 'tsx', 'dev/start.ts'] as const;

let server: ReturnType<typeof startProcess>;
let folder: string;
let browser: Browser;
let url: string;
let poolUrl: string;
let axe: string;

let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-console-'));
  server = startProcess(start, {
    CLAIMGRAPH_DATA_DIR: folder,
    PORT: '0',
    USER_POOL_PORT: '0',
    USER_POOL_ROTATION_GRACE_SECONDS: '0',
  });
  const [started, ready, source] = await Promise.all([
    startBrowser(),
    server.ready,
    readFile(join(root, 'packages/console/app/node_modules/axe-core/axe.min.js'), 'utf8'),
  ]);
  [url = '', poolUrl = ''] = ready.match(/http:\/\/localhost:\d+/g) ?? [];
  browser = started;
  axe = source;
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  complaints = [];
  await open({});
});

afterEach(async () => {
  expect(complaints, 'messages, errors, and requests to elsewhere').toEqual([]);
  await context.close();
});

/** A browser of somebody else's. */
async function open({ hash = '', width = 1440, height = 900 }: { hash?: string; width?: number; height?: number }) {
  await context?.close();
  context = await browser.newContext({
    viewport: { width, height },
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.on('console', (message) => {
    // The browser itself tells of an answer with an error status, as for a wrong password.
    if (!/the server responded with a status of 40\d/.test(message.text())) {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith(poolUrl)) complaints.push(request.url());
  });
  await page.goto(`${url}/${hash}`);
  await page.getByLabel('Query', { exact: true }).locator('.cm-content').waitFor();
}

async function signIn(username: string, password = 'demo'): Promise<void> {
  await page.locator('summary', { hasText: 'Sign in' }).click();
  await page.locator('.menu-body').getByRole('button', { name: username }).click();
  await page.waitForURL(/\/login/);
  await enter(username, password);
}

async function enter(username: string, password: string): Promise<void> {
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=password]').press('Enter');
}

async function isActive(username: string): Promise<void> {
  await page.getByRole('button', { name: username, exact: true, pressed: true }).waitFor();
}

async function run(): Promise<void> {
  await page.getByRole('button', { name: /^Run as/ }).click();
  await page
    .getByRole('region', { name: /^Data for/ })
    .first()
    .waitFor();
}

function markOf(coordinate: string) {
  return page.locator(`.editor button.mark[aria-label^="${coordinate}: "]`);
}

function panel() {
  return page.getByRole('complementary');
}

/** What axe finds, run past the page's policy as a debugger would. */
async function violations(): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}

test('a newcomer signs in, asks why a field is refused, and tries what would change it', async () => {
  await page.locator('.cards').getByRole('button', { name: 'usa-manager' }).click();
  await page.waitForURL(/\/login/);
  await enter('usa-manager', 'wrong');
  await page.getByRole('alert').waitFor();
  await enter('usa-manager', 'demo');
  await isActive('usa-manager');
  expect(page.url()).not.toMatch(/code=|state=|token/);

  await markOf('Company.internalRating').filter({ hasText: 'per row' }).waitFor();
  await run();
  await markOf('Company.internalRating').filter({ hasText: '2 rows: 1 allowed, 1 denied' }).waitFor();
  expect(await markOf('Investor.email').innerText()).toBe('✕ denied INSUFFICIENT_SCOPE');
  expect(await markOf('Investor.taxId').innerText()).toBe('◐ masked');
  expect(await markOf('Company.name').innerText()).toBe('✓ allowed');
  await page.getByText(/cost \d+/).waitFor();
  await page.getByText(/\d+ statements/).waitFor();

  await markOf('Company.internalRating').click();
  await panel().getByText('denied FORBIDDEN for usa-manager').waitFor();
  const text = await panel().innerText();
  expect(text).toContain('com_4');
  expect(text).toMatch(/row managerId\s+"10567"/);
  expect(text).toMatch(/claim managerId\s+"10345"/);
  expect(text).toContain('src/access/permissions.ts:');
  await panel()
    .getByRole('button', { name: /^Try: the claim role with "admin"/ })
    .click();
  await panel()
    .getByText(/^With the claim role/)
    .waitFor();
  expect(await markOf('Company.internalRating').innerText()).toBe('✓ allowed');
  expect(await page.getByRole('region', { name: 'Data for usa-manager' }).innerText()).toContain('denied FORBIDDEN');
  await panel().getByRole('button', { name: 'back' }).click();
  await markOf('Company.internalRating').filter({ hasText: '2 rows' }).waitFor();

  await panel()
    .getByRole('button', { name: /^investor-90/ })
    .click();
  await panel()
    .getByText(/for investor-90/)
    .waitFor();
  await page.getByText('investor-90 is not signed in').waitFor();
});

describe('what is copied', () => {
  beforeEach(async () => {
    await signIn('usa-manager');
    await isActive('usa-manager');
  });

  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');

  test('as a test passes, and fails for somebody else', async () => {
    await run();
    await markOf('Investor.email').click();
    await panel().getByRole('button', { name: 'as a test' }).click();
    const code = await clipboard();
    expect(code).toContain("'companies.nodes.internalRating': 'FORBIDDEN, allowed'");
    const token = await page.evaluate<string>("JSON.parse(sessionStorage.getItem('claimgraph.people'))[0].accessToken");
    const api = createTestClient<string>({ url, tokenOf: async () => token });
    await runCopied(code, api);
    await expect(runCopied(code.replace('FORBIDDEN, allowed', 'FORBIDDEN'), api)).rejects.toThrow('usa-manager');
  });

  test('as a command says what the panel says', async () => {
    await markOf('Investor.email').click();
    await panel().getByRole('button', { name: 'as a command' }).click();
    const command = await clipboard();
    expect(command).toMatch(/^npm run permissions -- explain --as usa-manager --what-would-change '/);
    const lines = await panel()
      .getByRole('listitem')
      .filter({ has: page.getByRole('button', { name: /^Try/ }) })
      .allInnerTexts();
    expect(lines.length).toBeGreaterThan(0);
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('npm run', 'npm run --silent')], {
      cwd: root,
    });
    const [, ofEmail = ''] = /Investor\.email {2}[\s\S]*?what would change it\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
    expect(
      ofEmail
        .split('\n')
        .map((line) => line.trim())
        .slice(0, lines.length),
    ).toEqual(
      lines.map((line) =>
        line
          .replace(/^\S+ /, '')
          .replace(/\s*Try$/, '')
          .replaceAll(/\s+/g, ' '),
      ),
    );
  });

  test('as curl and as a link holds no token', async () => {
    await markOf('Investor.email').click();
    await panel().getByRole('button', { name: 'as curl' }).click();
    expect(await clipboard()).toContain('Bearer $(npm run --silent token -- usa-manager)');
    await panel().getByRole('button', { name: 'as a link' }).click();
    const link = await clipboard();
    expect(link).not.toMatch(/eyJ/);
    await open({ hash: new URL(link).hash });
    await panel().getByText('Investor.email', { exact: true }).waitFor();
    await page.getByText('usa-manager is not signed in').waitFor();
    await markOf('Investor.email').filter({ hasText: 'per row' }).waitFor();
  });
});

test('two people stand side by side, and a right that is changed shows at once', async () => {
  await signIn('global-admin');
  await isActive('global-admin');
  await signIn('usa-manager');
  await isActive('usa-manager');
  await page.getByLabel('beside').selectOption('global-admin');
  await run();
  const [own, other] = [page.getByLabel('Answer for usa-manager'), page.getByLabel('Answer for global-admin')];
  await other.getByText(/lines differ/).waitFor();
  expect(await own.locator('.line.differs', { hasText: '"totalCount": 2' }).count()).toBe(1);
  expect(await other.locator('.line.differs', { hasText: '"totalCount": 4' }).count()).toBe(1);
  expect(await own.locator('.line.differs', { hasText: '"name": "Birch Solar"' }).count()).toBe(0);

  await page.getByRole('button', { name: 'Change a right' }).click();
  await panel().getByRole('checkbox', { name: 'EUROPE' }).check();
  await panel().getByRole('button', { name: 'Change', exact: true }).click();
  await own.getByText('"totalCount": 3').waitFor();
  await panel().getByLabel('Changed by').selectOption('usa-manager');
  await panel().getByRole('checkbox', { name: 'EUROPE' }).uncheck();
  await panel().getByRole('button', { name: 'Change', exact: true }).click();
  await panel()
    .getByText(/INSUFFICIENT_SCOPE/)
    .waitFor();
  await panel().getByLabel('Changed by').selectOption('global-admin');
  await panel().getByRole('button', { name: 'Change', exact: true }).click();
  await own.getByText('"totalCount": 2').waitFor();
});

test('a token is renewed when it has come to its end, and who cannot be renewed is asked to sign in', async () => {
  await signIn('auditor');
  await isActive('auditor');
  const change = (member: string, value: string) =>
    page.evaluate(`(() => {
      const [person] = JSON.parse(sessionStorage.getItem('claimgraph.people'));
      sessionStorage.setItem('claimgraph.people', JSON.stringify([{ ...person, ${member}: ${value} }]));
    })()`);
  const token = () => page.evaluate("JSON.parse(sessionStorage.getItem('claimgraph.people'))[0].accessToken");
  const before = await token();
  await change('expiresAt', '0');
  await page.reload();
  await run();
  expect(await token()).not.toBe(before);
  await page.getByRole('button', { name: 'Who auditor is' }).click();
  await panel().getByText('Compliance Auditor').waitFor();

  await change('expiresAt', '0');
  await change('refreshToken', "'used-up'");
  await page.reload();
  await page.getByRole('button', { name: /^auditor sign-in is over/ }).waitFor();
});

test('a pasted token is used, and one that is none is refused with a reason', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', 'dev/token.ts', 'newcomer'],
    { cwd: root, env: { PATH: process.env.PATH, CLAIMGRAPH_DATA_DIR: folder } },
  );
  await page.locator('summary', { hasText: 'Sign in' }).click();
  const form = page.locator('.menu-body form');
  await form.getByRole('textbox').fill('no token');
  await form.getByRole('button').click();
  await form.getByRole('alert').waitFor();
  await form.getByRole('textbox').fill(stdout.trim());
  await form.getByRole('button').click();
  await isActive('newcomer');
  expect(page.url()).not.toContain('eyJ');
});

test('the matrix is searched and compared, and the schema tells each rule', async () => {
  await page.getByRole('button', { name: 'Matrix' }).click();
  await page.getByLabel('Search').fill('company notes');
  await page.getByText('1 field', { exact: true }).waitFor();
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Persona').selectOption('usa-manager');
  await page.getByLabel('Verdict').selectOption('per row');
  expect(await page.locator('tbody th code').allInnerTexts()).toContain('Company.boardNotes');
  await page.getByLabel(/compared with the commit/).fill('--help');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByRole('alert').filter({ hasText: 'commit: expected' }).waitFor();

  await page.getByRole('button', { name: 'Schema' }).click();
  await page.getByRole('navigation', { name: 'Types' }).getByRole('button', { name: 'Investor', exact: true }).click();
  const taxId = page.getByRole('listitem').filter({ hasText: 'unmasked:' });
  expect(await taxId.innerText()).toContain('has scope investments/read; unmasked:');
  await taxId.getByRole('button', { name: 'taxId' }).click();
  await panel().getByText('Investor.taxId', { exact: true }).waitFor();
});

test('the keyboard does all of it', async () => {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+Home');
  for (let line = 0; line < 6; line += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('Alt+Enter');
  await panel().getByRole('heading', { name: 'Company.internalRating' }).waitFor();
  await page.keyboard.press('Escape');
  await panel().waitFor({ state: 'detached' });
  // Tab leaves the editor.
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.id')).toBe('tab-fields');
  await page.keyboard.press('ArrowRight');
  expect(await page.evaluate('document.activeElement.id')).toBe('tab-variables');
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+Enter');
  await page.getByLabel('Answer for nobody').getByText('denied UNAUTHENTICATED').first().waitFor();
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (scheme) => {
  test.each([
    ['a wide window', 1440],
    ['a phone', 360],
  ])('%s shows every view so that all can use it', async (_what, width) => {
    await open({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await signIn('usa-manager');
    await isActive('usa-manager');
    await run();
    expect([await violations(), await overflows(page)]).toEqual([[], false]);
    await page
      .locator('.fields')
      .getByRole('button', { name: /internalRating/ })
      .click();
    await panel().getByText('What would change it').waitFor();
    expect([await violations(), await overflows(page)]).toEqual([[], false]);
    await page.keyboard.press('Escape');
    for (const [view, shown] of [
      ['Matrix', page.getByRole('table')],
      ['Schema', page.getByRole('navigation', { name: 'Types' })],
    ] as const) {
      await page.getByRole('button', { name: view, exact: true }).click();
      await shown.waitFor();
      expect([await violations(), await overflows(page)]).toEqual([[], false]);
    }
  });
});

/** The test that the text is, with this client as its `api`. */
function runCopied(code: string, api: object): Promise<void> {
  const run = (_name: string, body: () => Promise<void>) => body();
  return new Function('test', 'api', `return ${code}`)(run, api);
}
