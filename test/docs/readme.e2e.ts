import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';
import { runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { withoutMessages } from './withoutMessages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('two people get the answers that README shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-readme-'));
  const blocks = readBlocks('../README.md');
  const [start = '', question = ''] = blocks.flatMap(({ language, text }) => (language === 'sh' ? [text] : []));
  expect(start.trim().split('\n')).toEqual(['npm ci', 'npm start']);
  const here = { CLAIMGRAPH_DATA_DIR: folder };
  const server = startProcess(['bash', '-c', 'exec npm start'], { ...here, PORT: '0', USER_POOL_PORT: '0' });
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const [, url = ''] = /^Ready: API on (http:\/\/localhost:\d+)\/graphql/.exec(await server.ready) ?? [];
  const printed = await runToSuccess(question.replace('http://localhost:4000', url), root, here);
  const answers = blocks.flatMap(({ language, text }) => (language === 'json' ? [withoutMessages(text)] : []));
  expect(answers).toHaveLength(2);
  expect(printed.trim().split(/\n+/).map(withoutMessages)).toEqual(answers);
});
