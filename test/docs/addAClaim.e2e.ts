import { expect, onTestFinished, test } from 'vitest';
import { copyProject } from '../../packages/claimgraph/test/support/projectCopy.ts';
import { filesEdited, followPage } from './followPage.ts';

const page = 'add-a-claim.md';

test('whoever follows the page gets every answer on it', async () => {
  const copy = await copyProject();
  onTestFinished(() => copy.remove());
  await followPage(page, copy.folder);
}, 600_000);

test('a claim is one line, a migration and its use', () => {
  expect([...filesEdited(page)]).toEqual([
    'src/data/businessRecord.ts',
    'src/data/migrations/addDepartment.ts',
    'src/data/migrations/index.ts',
    'src/access/permissions.ts',
    'dev/demoData.ts',
  ]);
});
