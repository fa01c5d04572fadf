import { onTestFinished, test } from 'vitest';
import { copyProject } from '../../packages/claimgraph/test/support/projectCopy.ts';
import { followPage } from './followPage.ts';

test('whoever follows the page gets every answer on it', async () => {
  const copy = await copyProject();
  onTestFinished(() => copy.remove());
  await followPage('add-a-stored-field.md', copy.folder);
}, 600_000);
