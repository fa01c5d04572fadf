import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type DocBlock, readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';
import { runCommand, runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { withoutMessages } from './withoutMessages.ts';

/**
 * Follows a page of docs/ to the letter in a copy of the project; only the ports are others. What a code block is for stands
 * behind its fence:
 *
 * - `sh server`: starts the command and waits until it is ready; the block `sh server again` ends it first
 * - `diff FILE`: edits the file; `ts FILE` and the like write it
 * - `text dev`: the server prints what is said of these coordinates, or this line
 * - `sh`: must succeed; `sh fails`: must not; `text printed`: pieces of what it printed, `…` is whatever stands between
 * - `sh asks`: prints answers of the API, each one held against a block `json answer`, but for the messages in it
 * - `text matrix`: lines of the access matrix, whatever the widths of its columns
 */
export async function followPage(page: string, folder: string): Promise<void> {
  let server: StartedProcess | undefined;
  let url = '';
  let printed = '';
  let answers: readonly string[] = [];
  let lastEdited: string | undefined;
  try {
    for (const block of readBlocks(page)) {
      const { language, label, text } = block;
      if (label === 'server') {
        await server?.stop();
        server = startProcess(['bash', '-c', `exec ${text}`], { PORT: '0', USER_POOL_PORT: '0' }, folder);
        [, url = ''] = /^Ready: API on (http:\/\/localhost:\d+)\/graphql/.exec(await server.ready) ?? [];
        lastEdited = undefined;
      } else if (language === 'diff') {
        await applyEdit(block, folder);
        lastEdited = label;
      } else if (label === 'dev') {
        for (const piece of coordinatesIn(text)) await server?.printed(piece);
      } else if (label === 'fails') {
        const { code, stdout, stderr } = await runCommand(text, folder);
        expect(code).not.toBe(0);
        printed = stdout + stderr;
      } else if (label === 'printed') {
        for (const piece of text.trim().split('…')) expect(printed).toContain(piece);
      } else if (label === 'asks') {
        if (lastEdited !== undefined) await server?.printed(new RegExp(`Reloaded in \\d+ ms: .*${lastEdited}\\b`));
        answers = (await runToSuccess(toLocal(text, url), folder)).split('\n').filter((line) => line !== '');
      } else if (label === 'answer') {
        expect(withoutMessages(answers[0] ?? 'null')).toEqual(withoutMessages(text));
        answers = answers.slice(1);
      } else if (label === 'matrix') {
        const matrix = cellsOf(await readFile(join(folder, 'test/access/accessMatrix.txt'), 'utf8'));
        for (const row of cellsOf(text)) expect(matrix).toContainEqual(row);
      } else if (language === 'sh') {
        printed = await runToSuccess(text, folder);
      } else if (label.includes('.')) {
        await mkdir(dirname(join(folder, label)), { recursive: true });
        await writeFile(join(folder, label), text);
        lastEdited = label;
      }
    }
    expect(answers).toEqual([]);
  } finally {
    await server?.stop();
  }
}

/** The files that a page edits or adds, from one of its edits on, up to another. */
export function filesEdited(page: string, from = 0, to?: number): ReadonlySet<string> {
  const edits = readBlocks(page).filter(({ language, label }) => language === 'diff' || /^ts .*\./.test(`ts ${label}`));
  return new Set(edits.slice(from, to).map(({ label }) => label));
}

/** An editor may save a file in two steps; between two reloads nobody listens for a moment. */
function toLocal(text: string, url: string): string {
  return text.replaceAll('http://localhost:4000', url).replaceAll('curl -s', 'curl -s --retry 5 --retry-connrefused');
}

/** What a reader looks for in a message; how it is worded is free. */
function coordinatesIn(text: string): readonly string[] {
  return [...text.matchAll(/\b[A-Z]\w+\.\w+(?=:)/g)].map(([coordinate]) => coordinate);
}

function cellsOf(table: string): readonly (readonly string[])[] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
}

/** The lines of a diff: those that begin with a blank or a minus are found in the file, once. */
async function applyEdit({ label, text }: DocBlock, folder: string): Promise<void> {
  const file = join(folder, label);
  const linesBut = (sign: string) => {
    const lines = text.trimEnd().split('\n');
    return lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`);
  };
  const parts = (await readFile(file, 'utf8')).split(linesBut('+').join(''));
  if (parts.length !== 2) throw new Error(`expected these lines once in ${label}; got them ${parts.length - 1} times`);
  await writeFile(file, parts.join(linesBut('-').join('')));
}
