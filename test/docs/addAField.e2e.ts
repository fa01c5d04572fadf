import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DocBlock, readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';
import { copyProject, type ProjectCopy } from '../../packages/claimgraph/test/support/projectCopy.ts';
import { runCommand, runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';

// docs/add-a-field.md is followed word by word on a copy of the project; only the ports are others.

const blocks = readBlocks('add-a-field.md');
let copy: ProjectCopy;
let dev: StartedProcess;

beforeAll(async () => {
  copy = await copyProject();
});

afterAll(async () => {
  await dev?.stop();
  await copy.remove();
});

test('a protected field takes two files, a computed one three, and every answer on the page is the real one', async () => {
  let url = '';
  let printed = '';
  let answers: readonly string[] = [];
  for (const block of blocks) {
    const { language, label, text } = block;
    if (label === 'server') {
      expect(text).toBe('npm run dev\n');
      const command = [process.execPath, '--conditions=source', '--import', 'tsx', 'dev/dev.ts'] as const;
      dev = startProcess(command, { PORT: '0', USER_POOL_PORT: '0' }, copy.folder);
      [, url = ''] = /^Ready: API on (http:\/\/localhost:\d+)\/graphql/.exec(await dev.ready) ?? [];
    } else if (language === 'diff') {
      await applyEdit(block);
    } else if (label === 'dev') {
      await dev.printed(text);
    } else if (label === 'fails') {
      const { code, stdout } = await runCommand(text, copy.folder);
      expect(code).not.toBe(0);
      printed = stdout;
    } else if (label === 'tsc') {
      for (const piece of text.trim().split('…')) expect(printed).toContain(piece);
    } else if (label === 'asks') {
      await untilReloaded();
      const told = await runToSuccess(asking(text, url), copy.folder);
      answers = told.split('\n').filter((line) => line !== '');
    } else if (label === 'answer') {
      expect(JSON.parse(answers[0] ?? 'null')).toEqual(JSON.parse(text));
      answers = answers.slice(1);
    } else if (label === 'matrix') {
      const matrix = (await readFile(join(copy.folder, 'test/access/accessMatrix.txt'), 'utf8')).split('\n');
      expect(
        text
          .trim()
          .split('\n')
          .filter((line) => !matrix.includes(line)),
      ).toEqual([]);
    } else {
      await runToSuccess(text, copy.folder);
    }
  }
  expect(answers).toEqual([]);
}, 240_000);

test('the page touches as many files as it says', () => {
  const halves = [[0, 2], [2]].map(([from, to]) => {
    const edits = blocks.filter(({ language }) => language === 'diff').slice(from, to);
    return new Set(edits.map(({ label }) => label)).size;
  });
  expect(halves).toEqual([2, 3]);
});

/** The API is asked when the file that was edited last is among those that were reloaded. */
async function untilReloaded(): Promise<void> {
  await dev.printed(new RegExp(`Reloaded in \\d+ ms: .*${[...applied].at(-1)?.label}\\b`));
}

/** An editor may save a file in two steps; between two reloads nobody listens for a moment. */
function asking(text: string, url: string): string {
  return text.replaceAll('http://localhost:4000', url).replaceAll('curl -s', 'curl -s --retry 5 --retry-connrefused');
}

const applied = new Set<DocBlock>();

/** The lines of a diff: those that begin with a blank or a minus are found in the file, once. */
async function applyEdit(edit: DocBlock): Promise<void> {
  const file = join(copy.folder, edit.label);
  const linesBut = (sign: string) => {
    const lines = edit.text.trimEnd().split('\n');
    return lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`);
  };
  const text = await readFile(file, 'utf8');
  const parts = text.split(linesBut('+').join(''));
  if (parts.length !== 2)
    throw new Error(`expected these lines once in ${edit.label}; got them ${parts.length - 1} times`);
  await writeFile(file, parts.join(linesBut('-').join('')));
  applied.add(edit);
}
