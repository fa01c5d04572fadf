import { once } from 'node:events';
import { createServer } from 'node:http';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { UserPoolOptions } from '../../../packages/user-pool/src/startUserPool.ts';
import { startBrowser } from '../../browser/browser.ts';
import { startTestPool, type TestPool } from '../../support/localPool.ts';

import type { PoolAppSettings } from './settings.ts';

/** A local user pool, an application that has it signed in to, on an address of its own, and Chromium. */
export interface Stage {
  readonly pool: TestPool;
  readonly browser: Browser;
  /** Where the application is. */
  readonly appUrl: string;
  /** Somebody's browser, whose tabs share storage and cookies. */
  open(): Promise<BrowserContext>;
  /** How far the pool's clock is ahead of the browser's, from now on. */
  advance(seconds: number): void;
  /** Stops the pool's clock, so that a slow machine does not wait what is to be waited; `advance` still moves it. */
  holdClock(): void;
  close(): Promise<void>;
}

/** `script` is the file of the application, in this folder. */
export async function openStage(script: string, options: Partial<UserPoolOptions> = {}): Promise<Stage> {
  let aheadMs = 0;
  let heldAt: number | undefined;
  const [code, browser, pool] = await Promise.all([
    bundle(script),
    startBrowser(),
    startTestPool({ now: () => (heldAt ?? Date.now()) + aheadMs, ...options }),
  ]);
  const server = createServer((request, response) => {
    if (request.url === '/app.js') response.setHeader('content-type', 'text/javascript').end(code);
    else response.setHeader('content-type', 'text/html').end(page);
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected the address of a TCP server');
  const appUrl = `http://localhost:${address.port}`;
  const { issuer, url: poolUrl, httpsUrl = '' } = pool;
  const settings: PoolAppSettings = { issuer, poolUrl, domain: httpsUrl.replace('https://', ''), appUrl };
  const page = `<!doctype html><meta charset="utf-8"><script>window.poolSettings = ${JSON.stringify(settings)}</script><script type="module" src="/app.js"></script>`;
  return {
    pool,
    browser,
    appUrl,
    // The pool's certificate is of its own making.
    open: () => browser.newContext({ ignoreHTTPSErrors: true }),
    advance(seconds) {
      aheadMs += seconds * 1000;
    },
    holdClock() {
      heldAt = Date.now();
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await pool.close();
    },
  };
}

/** Enters a password on the page of the pool, which the browser is on or about to be. */
export async function enterPassword(page: Page, username: string, password = 'demo'): Promise<void> {
  await page.waitForURL(/\/login\?transaction=/);
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(password);
  await page.locator('#password').press('Enter');
}

async function bundle(script: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL(script, import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // Amplify reads it.
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles[0]?.text ?? '';
}
