import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../packages/claimgraph/src/cli/runCommandLine.ts';
import type { AccessMatrix } from '../../packages/claimgraph/src/inspect/accessMatrix.ts';
import { folderOf, type Project, terminal } from '../../packages/claimgraph/test/cli/askCommandLine.ts';
import { openPage, startBrowser } from './browser.ts';
import { lowestContrast, overflows } from './legibility.ts';

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-pages-'));
  const matrix: AccessMatrix = JSON.parse(await ask('shop', ['matrix', '--format', 'json']));
  const denied = { outcome: 'denied', code: 'FORBIDDEN', rule: 'is nobody' } as const;
  const fields = matrix.fields.slice(1).map((field, at) => ({
    ...field,
    rule: at === 0 ? 'is nobody' : field.rule,
    access: { ...field.access, ...(at === 0 && { clerk: denied }) },
  }));
  await writeFile(join(folder, 'base.json'), JSON.stringify({ ...matrix, fields }));
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

test.each<readonly [Project, string, readonly string[], string]>([
  ['warned', 'check', [], 'Warnings (4)'],
  ['faulty', 'check', [], 'the server would not start'],
  ['shop', 'diff', ['BASE'], 'Rules that read otherwise (1)'],
  [
    'shop',
    'explain',
    ['--as', 'clerk', '{ orders(first: 3) { id margin note card } }'],
    'is a manager: denied FORBIDDEN',
  ],
  ['shop', 'schema', ['--as', 'clerk'], 'type Query {'],
])(
  'of %s, claimgraph %s has a page that is legible in light, dark and narrow windows',
  async (project, command, words, text) => {
    const given = words.map((word) => (word === 'BASE' ? join(folder, 'base.json') : word));
    const file = join(folder, `${project}-${command}.html`);
    await writeFile(file, await ask(project, [command, ...given, '--format', 'html']));
    for (const scheme of ['light', 'dark'] as const) {
      const { page, complaints } = await openPage(browser, file, { width: 360, scheme });
      expect(await page.locator('body').innerText()).toContain(text);
      expect(await lowestContrast(page, 'body *')).toBeGreaterThanOrEqual(4.5);
      expect(await overflows(page)).toBe(false);
      expect(complaints).toEqual([]);
      await page.close();
    }
  },
);

async function ask(project: Project, words: readonly string[]): Promise<string> {
  const { stdout } = await runCommandLine([...words], { ...terminal, folder: folderOf(project), colours: false });
  return stdout;
}
