import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBlocks } from '../../../packages/claimgraph/test/support/docPage.ts';
import packageJson from '../package.json' with { type: 'json' };
import { openStage, type Stage } from './stage.ts';

// The first steps of docs/calling-the-api.md: the page that it shows, in Chromium; and docs/clients/curl.md. Against npm start.

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
  await page.goto(stage.pageOrigin);
  await page.getByRole('button', { name: 'Sign in as usa-manager' }).click();
  await page.waitForURL(`${stage.pageOrigin}/`);
  await expect.poll(() => page.evaluate(() => document.body?.innerText)).toBe(textOf('page').trim());
  await context.close();
});

test('it installs the version that is tested', () => {
  expect(blocks[0]?.text).toContain(`oidc-client-ts@${packageJson.dependencies['oidc-client-ts']} `);
});

test.each(['program', 'person'])('the commands of a %s are answered as the page of curl says', async (label) => {
  const [command, answer] = readBlocks('clients/curl.md').filter((block) => block.label === label);
  const { stdout } = await promisify(execFile)('bash', ['-c', stage.withUrls(command?.text ?? '')], stage.shell);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(answer?.text ?? ''));
});
