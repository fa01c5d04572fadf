import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBlocks } from '../../../packages/claimgraph/test/support/docPage.ts';
import packageJson from '../package.json' with { type: 'json' };
import { openStage, pageOrigin, type Stage } from './stage.ts';

// The first steps of docs/calling-the-api.md: the page that it shows, in Chromium, against npm start.

const blocks = readBlocks('calling-the-api.md');
const textOf = (label: string) => blocks.find((block) => block.label === label)?.text ?? '';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ code: textOf('src/main.ts') });
});

afterAll(() => stage?.close());

test('whoever follows the page reads what it says', async () => {
  const { context } = await stage.open();
  const page = await context.newPage();
  await page.goto(pageOrigin);
  await page.getByRole('button', { name: 'Sign in as usa-manager' }).click();
  await page.waitForURL(`${pageOrigin}/`);
  await expect.poll(() => page.evaluate(() => document.body?.innerText)).toBe(textOf('page').trim());
  await context.close();
});

test('it installs the version that is tested', () => {
  expect(blocks[0]?.text).toContain(`oidc-client-ts@${packageJson.dependencies['oidc-client-ts']} `);
});
