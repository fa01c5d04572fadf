import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';
import { runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = readBlocks('add-a-claims-source.md');

test('the source of the page compiles, and keeps the contract', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-source-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  for (const { label, text } of blocks.filter(({ language }) => language === 'ts'))
    await writeFile(join(folder, label), text);

  await runToSuccess('npx tsc -p .', folder);
  const command = blocks.find(({ language }) => language === 'sh')?.text ?? '';
  const printed = await runToSuccess(command, folder, { NODE_OPTIONS: '--conditions=source' });
  const pieces =
    blocks
      .find(({ label }) => label === 'printed')
      ?.text.trim()
      .split('…') ?? [];
  for (const piece of pieces) expect(printed).toContain(piece.trim());
  expect(printed).toMatch(/pass [1-9]\d/);
});
