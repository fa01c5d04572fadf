import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium, or what `CHROMIUM` names, with a profile of its own. Rejects where there is none: nothing is skipped. */
export async function startBrowser(path = process.env.CHROMIUM ?? '/usr/bin/chromium'): Promise<Browser> {
  if (!existsSync(path)) {
    throw new Error(`expected a browser at ${path}; install it (apt-get install chromium), or name one with CHROMIUM`);
  }
  return chromium.launch({ executablePath: path, args: flags });
}

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: 'light' | 'dark';
}

/** A page of a file, with all that it said and asked for on its way. */
export interface OpenedPage {
  readonly page: Page;
  /** Messages of the console, errors that nobody caught, and requests for anything but the file. */
  readonly complaints: readonly string[];
}

export async function openPage(browser: Browser, file: string, look: Look = {}): Promise<OpenedPage> {
  const { width = 1280, height = 800, scheme = 'light' } = look;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== `file://${file}`) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  return { page, complaints };
}
