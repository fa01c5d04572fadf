import { expect, onTestFinished, test } from 'vitest';
import { copyProject } from '../../packages/claimgraph/test/support/projectCopy.ts';
import { filesEdited, followPage } from './followPage.ts';

const page = 'add-a-field.md';

test('whoever follows the page gets every answer on it', async () => {
  const copy = await copyProject();
  onTestFinished(() => copy.remove());
  await followPage(page, copy.folder);
}, 600_000);

test('a protected field takes two files, a computed one three', () => {
  expect([filesEdited(page, 0, 2).size, filesEdited(page, 2).size]).toEqual([2, 3]);
});
