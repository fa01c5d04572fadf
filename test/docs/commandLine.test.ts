import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../packages/claimgraph/src/cli/runCommandLine.ts';
import { terminal as anyFolder } from '../../packages/claimgraph/test/cli/askCommandLine.ts';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
const terminal = { ...anyFolder, folder, colours: false };

/** What is shown of `diff` is of a change that was made for it. */
const examples = [...page.matchAll(/^```console\n\$ npx claimgraph ([^\n]*)\n(.*?)^```$/gms)]
  .map(([, words = '', output = '']) => ({ words, lines: output.trimEnd().split('\n') }))
  .filter(({ words }) => !words.startsWith('diff'));

test.each(examples)('docs/command-line.md shows what this repository says to $words', async ({ words, lines }) => {
  const { exitCode, stdout } = await runCommandLine(wordsOf(words), terminal);
  expect(exitCode).toBe(0);
  // Whoever adds a field need not count here.
  const printed = stdout
    .replace(/\d+ fields/, '74 fields')
    .trimEnd()
    .split('\n');
  // `…` stands for lines that are left out.
  const expected = lines.includes('…') ? printed.filter((line) => lines.includes(line)) : printed;
  expect(expected).toEqual(lines.filter((line) => line !== '…'));
});

test('docs/command-line.md shows an example of each command, and its exit codes', async () => {
  expect(examples.map(({ words }) => words.split(' ')[0])).toEqual(['check', 'matrix', 'explain', 'schema']);
  const { stdout: help } = await runCommandLine(['--help'], terminal);
  const inHelp = [...help.matchAll(/^ {2}(\d+) +(.*)$/gm)].map(([, code, when]) => [code, when]);
  const onPage = [...page.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, when]) => [
    code,
    when?.replaceAll('`', ''),
  ]);
  expect(onPage).toEqual(inHelp);
});

/** As a shell takes them; no word in quotes has a space. */
function wordsOf(line: string): string[] {
  return line.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'));
}
