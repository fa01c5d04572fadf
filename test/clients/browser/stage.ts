import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { startProcess } from '../../../packages/claimgraph/test/support/startProcess.ts';
import { startBrowser } from '../../browser/browser.ts';
import type { AppSettings } from './appSettings.ts';

/** The local user pool rotates refresh tokens, and ends a sign-in when a used one comes back, however soon. */
const poolSettings = { USER_POOL_ROTATION_GRACE_SECONDS: '0' };

/** Where documentation says that they are; here they are on ports of their own. */
const documentedUrls = {
  api: 'http://localhost:4000/graphql',
  pool: 'http://localhost:4010',
  page: 'http://localhost:5173',
};

const start = ['--conditions=source', '--import', 'tsx', 'dev/start.ts'];
const token = ['--conditions=source', '--import', 'tsx', 'dev/token.ts'];
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** `npm start` on ports of its own, the page, and Chromium. */
export interface Stage {
  readonly apiUrl: string;
  readonly poolUrl: string;
  /**
   * Where the page is: the local user pool knows every port of this machine, and nothing listens on this one, for the browser
   * is answered by the test, but for redirects.
   */
  readonly pageOrigin: string;
  /** A browser of somebody else's: its tabs share storage. */
  open(options?: { readonly clockOffsetMs?: number }): Promise<Guest>;
  /** What documentation shows, with the addresses that things have here. */
  withUrls(text: string): string;
  /** How its commands are run. */
  readonly shell: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
  /** `npm run token`. */
  issueToken(username: string, ...options: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** Tabs of one browser, and what they sent. */
export interface Guest {
  readonly context: BrowserContext;
  tab(): Promise<Page>;
  /** A tab whose person has signed in on the pages of the user pool. */
  signIn(username: string): Promise<Page>;
  /** How many refreshes were sent to the user pool. */
  refreshCount(): number;
  /** How many operations were sent to the API. */
  requestCount(): number;
  /** Answers instead of the API, or of the token endpoint, while `isOn` says so. */
  unavailable(part: 'api' | 'token', isOn: () => boolean): Promise<void>;
}

/** A page of this folder, or one that documentation shows. */
export type AppSource = 'oidcApp.ts' | 'amplifyApp.ts' | 'recipesApp.tsx' | { readonly code: string };

export async function openStage(app: AppSource): Promise<Stage> {
  const httpsPort = await findFreePort();
  const pageOrigin = `http://localhost:${await findFreePort()}`;
  const dataDir = await mkdtemp(join(tmpdir(), 'claimgraph-clients-'));
  const server = startProcess([process.execPath, ...start], {
    CLAIMGRAPH_DATA_DIR: dataDir,
    PORT: '0',
    USER_POOL_PORT: '0',
    USER_POOL_HTTPS_PORT: String(httpsPort),
    CORS_ORIGINS: pageOrigin,
    ...poolSettings,
  });
  const [bundled, browser, ready] = await Promise.all([bundle(app), startBrowser(), server.ready]);
  const [apiUrl = '', poolUrl = ''] = ready.match(/http:\/\/localhost:\d+(\/graphql)?/g) ?? [];
  const withUrls = (text: string) =>
    text
      .replaceAll(documentedUrls.api, apiUrl)
      .replaceAll(documentedUrls.pool, poolUrl)
      .replaceAll(documentedUrls.page, pageOrigin);
  const script = withUrls(bundled);
  const shell = { cwd: root, env: { PATH: process.env.PATH, CLAIMGRAPH_DATA_DIR: dataDir } };
  const settings: AppSettings = {
    apiUrl,
    poolUrl,
    issuer: `${poolUrl}/local_claimgraph`,
    domain: `localhost:${httpsPort}`,
  };
  const html = `<!doctype html><script>window.settings = ${JSON.stringify(settings)}</script><script type="module" src="/app.js"></script>`;
  return {
    apiUrl,
    poolUrl,
    pageOrigin,
    withUrls,
    shell,
    open: (options) => openGuest({ browser, html, script, apiUrl, poolUrl, pageOrigin }, options),
    async issueToken(...args) {
      const { stdout } = await promisify(execFile)(process.execPath, [...token, ...args], shell);
      return stdout.trim();
    },
    async close() {
      await browser.close();
      await server.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}

interface GuestParts {
  readonly browser: Browser;
  readonly html: string;
  readonly script: string;
  readonly apiUrl: string;
  readonly poolUrl: string;
  readonly pageOrigin: string;
}

async function openGuest(
  { browser, html, script, apiUrl, poolUrl, pageOrigin }: GuestParts,
  { clockOffsetMs = 0 }: { readonly clockOffsetMs?: number } = {},
): Promise<Guest> {
  // To Chromium a page that no server sent is not of this machine, and would have to ask before it calls one that is.
  const context = await browser.newContext({ permissions: ['local-network-access'], ignoreHTTPSErrors: true });
  const sent = { refreshes: 0, requests: 0 };
  context.on('request', (request) => {
    if (request.method() !== 'POST') return;
    if (request.url() === apiUrl) sent.requests += 1;
    const target = request.headers()['x-amz-target'] ?? '';
    const isOAuth = request.postData()?.includes('grant_type=refresh_token') ?? false;
    if (isOAuth || target.endsWith('.GetTokensFromRefreshToken')) sent.refreshes += 1;
  });
  await context.addInitScript(shiftClock(clockOffsetMs));
  await context.route(`${pageOrigin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await context.route(`${pageOrigin}/app.js`, (route) =>
    route.fulfill({ contentType: 'text/javascript', body: script }),
  );

  async function tab(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(pageOrigin);
    await appOf(page);
    return page;
  }

  return {
    context,
    tab,
    async signIn(username) {
      const page = await tab();
      await page.evaluate(() => window.app.signIn());
      await fillSignIn(page, username);
      await page.waitForURL(`${pageOrigin}/`);
      await appOf(page);
      return page;
    },
    refreshCount: () => sent.refreshes,
    requestCount: () => sent.requests,
    async unavailable(part, isOn) {
      await context.route(part === 'api' ? apiUrl : `${poolUrl}/oauth2/token`, async (route) => {
        if (isOn() && route.request().method() === 'POST') await refuse(route, pageOrigin);
        else await route.fallback();
      });
    },
  };
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Signs somebody in on the page of the user pool. */
export async function fillSignIn(page: Page, username: string): Promise<void> {
  await page.waitForURL(/\/login/);
  await page.locator('input[name=username]').fill(username);
  await page.locator('input[name=password]').fill('demo');
  await page.locator('input[name=password]').press('Enter');
}

/** Once the page has run. */
async function appOf(page: Page): Promise<void> {
  await page.waitForFunction(() => window.settings.isReady === true);
}

/** What a gateway in front of a server answers that is restarting. */
function refuse(route: Route, pageOrigin: string): Promise<void> {
  const headers = {
    'access-control-allow-origin': pageOrigin,
    'access-control-expose-headers': 'Retry-After',
    'retry-after': '1',
  };
  return route.fulfill({ status: 503, headers, contentType: 'text/html', body: '<h1>Service Unavailable</h1>' });
}

/** Runs in the page before all else: the device's clock is wrong by so much. */
function shiftClock(offsetMs: number): string {
  return `globalThis.Date = class extends Date {
    constructor(...given) { given.length === 0 ? super(Date.now()) : super(...given); }
    static now() { return super.now() + ${offsetMs}; }
  };`;
}

async function bundle(app: AppSource): Promise<string> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const contents = typeof app === 'string' ? `import './${app}';` : app.code;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder, loader: 'tsx' },
    jsx: 'automatic',
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    conditions: ['source'],
    nodePaths: [fileURLToPath(new URL('../node_modules', import.meta.url))],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}
