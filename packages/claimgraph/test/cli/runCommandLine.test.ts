import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { askCommandLine, type Project } from './askCommandLine.ts';

describe('wrong use', () => {
  test.each<[Project, string, RegExp]>([
    ['shop', 'chekc', / check, matrix, /],
    ['shop', 'check now', /claimgraph check \[options\]\n.*claimgraph check now/],
    ['shop', 'check --quick', /'--quick'.* --strict, --format, --project, --help$/m],
    ['shop', 'schema --as anonymous --scope shop/read', /^--scope: .*--as\b.*\banonymous\b/m],
    ['shop', 'check --format xml', /^--format: .* text, json, markdown, html; got xml$/m],
    ['shop', 'check --project ../none', / claimgraph\.config\.ts, or claimgraph\.config\.js, or /],
    ['misshaped', 'check', /\btypeDefs\[1\]: .*\bnumber$/m],
    ['unrunnable', 'check', /"run".*\{ resolvers, createContext \}/],
    ['warned', 'matrix', /`personas:/],
    ['shop', 'matrix --personas none.json', /^--personas: .*ENOENT/m],
    ['shop', 'matrix --personas claimgraph.config.ts', /^--personas: .*JSON/m],
    ['shop', 'matrix --personas ../personas/misspelt.json', /persona "clerk".*"scope".* kind, scopes,/],
    ['shop', 'matrix --personas ../personas/text.json', /persona "clerk": scopes .*'shop\/read'$/m],
    ['shop', 'matrix --personas ../personas/spaced.json', /persona "clerk": scopes .*\[ 'shop\/read shop\/write' \]$/m],
    ['shop', 'matrix --personas ../personas/anonymous.json', /persona "visitor".* scopes, claims$/m],
    ['shop', 'matrix --personas ../personas/kind.json', /persona "clerk": kind .* user, machine, anonymous;/],
    ['shop', 'matrix --personas ../personas/tenant.json', /persona "clerk": tenant .*'acme corp'$/m],
  ])('in %s: %s', async (project, words, message) => {
    const { exitCode, stdout, stderr } = await askCommandLine(project, words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\nSee: claimgraph.* --help\n$/);
  });

  test('a command that needs a permission map which fits says where to look', async () => {
    const { exitCode, stdout, stderr } = await askCommandLine('faulty', 'matrix --personas ../personas/clerk.json');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('NO_RULE Order.margin: ');
    expect(stderr).toMatch(/\nSee: claimgraph check\n$/);
  });
});

describe('--help', () => {
  test('names every command and exit code', async () => {
    const { exitCode, stdout } = await askCommandLine('shop', '--help');
    expect(exitCode).toBe(0);
    for (const { name, summary } of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary}$`, 'm'));
    expect(stdout.match(/^ {2}\d+ /gm)).toEqual(['  0 ', '  1 ', '  2 ', '  64 ', '  70 ']);
  });

  test.each(commands.map(({ name }) => name))('of %s names the options', async (name) => {
    const { exitCode, stdout } = await askCommandLine('shop', `${name} --help`);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: claimgraph ${name} `));
    // What goes on until it is stopped reports nothing.
    if (name !== 'pool') expect(stdout).toMatch(/^ {2}--format FORMAT +one of/m);
  });
});

test('personas of a file take the place of the project own', async () => {
  const { stdout } = await askCommandLine('shop', 'matrix --personas ../personas/clerk.json --format json');
  expect(JSON.parse(stdout).personas).toEqual(['clerk']);
});

test.each(['matrix', 'schema --as clerk', 'explain --as clerk {name}', 'diff ../matrix.json'])(
  '%s notes a group of claims that no rule reads',
  async (words) => {
    const { exitCode, stderr } = await askCommandLine('shop', `${words} --personas ../personas/grouped.json`);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'persona "clerk" has claims of the group "limit", which no rule reads; groups that are read: none\n',
    });
  },
);

test('colours are for terminals only', async () => {
  const esc = String.fromCharCode(27);
  const [plain, coloured] = await Promise.all([
    askCommandLine('shop', 'matrix'),
    askCommandLine('shop', 'matrix', true),
  ]);
  expect(plain.stdout).not.toContain(esc);
  expect(coloured.stdout).toContain(`${esc}[31mdenied${esc}[39m`);
  expect(coloured.stdout.replaceAll(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toBe(plain.stdout);
});
