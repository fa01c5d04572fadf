import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { askCommandLine, type Project } from './askCommandLine.ts';

describe('wrong use', () => {
  test.each<[Project, string, string]>([
    ['shop', 'chekc', 'expected a command: check, matrix, '],
    ['shop', 'check now', 'expected: claimgraph check [options]\ngot: claimgraph check now'],
    ['shop', 'check --quick', "Unknown option '--quick'; expected one of --strict, --format, --project, --help\n"],
    [
      'shop',
      'schema --as anonymous --scope shop/read',
      '--scope: expected --as to name somebody with a token; anonymous is',
    ],
    ['shop', 'check --format xml', '--format: expected one of text, json, markdown, html; got xml'],
    ['shop', 'check --project ../none', 'expected claimgraph.config.ts, or claimgraph.config.js, or'],
    [
      'misshaped',
      'check',
      'typeDefs[1]: expected SDL (a text, a Source or a document of gql); got a value of type number',
    ],
    [
      'unrunnable',
      'check',
      '"run" must be { resolvers, createContext }, maps of functions and a function; got { resolvers',
    ],
    ['warned', 'matrix', 'expected at least one persona; got none. Add `personas:'],
    ['shop', 'matrix --personas none.json', '--personas: expected a file with JSON; got: ENOENT'],
    ['shop', 'matrix --personas claimgraph.config.ts', '--personas: expected a file with JSON; got: '],
    [
      'shop',
      'matrix --personas ../personas/misspelt.json',
      'persona "clerk" has "scope"; expected one of kind, scopes,',
    ],
    [
      'shop',
      'matrix --personas ../personas/text.json',
      'persona "clerk": scopes must be a list of scopes, one in each text; got \'shop/read\'',
    ],
    [
      'shop',
      'matrix --personas ../personas/spaced.json',
      'persona "clerk": scopes must be a list of scopes, one in each text; got [ \'shop/read shop/write\' ]',
    ],
    [
      'shop',
      'matrix --personas ../personas/anonymous.json',
      'persona "visitor" is anonymous, with neither token nor record; expected kind alone, got scopes, claims',
    ],
    [
      'shop',
      'matrix --personas ../personas/kind.json',
      'persona "clerk": kind must be one of user, machine, anonymous; got',
    ],
    [
      'shop',
      'matrix --personas ../personas/tenant.json',
      `persona "clerk": tenant must be 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-", the first a letter or a digit; got 'acme corp'`,
    ],
  ])('in %s: %s', async (project, words, message) => {
    const { exitCode, stdout, stderr } = await askCommandLine(project, words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
    expect(stderr).toContain(message);
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
    expect(stdout).toMatch(/^ {2}--format FORMAT +one of/m);
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
