import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { askCommandLine, folderOf, type Project } from './askCommandLine.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

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
    ['misshaped', 'check', '"typeDefs" must be a list of SDL texts; got \'type Query { name: String }\''],
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
    expect(stderr).toContain('Order.margin: has no rule');
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

describe('the process', () => {
  const start = (...args: readonly string[]) => {
    const command = ['--conditions=source', '--import', 'tsx', 'packages/claimgraph/src/cli/main.ts', ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  test('checks this repository, in which nothing is to be warned of', () => {
    const { status, stdout, stderr } = start('check', '--strict');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^Every field has a rule \(\d+ fields\); 0 warnings\.\n$/);
  });

  test('ends with the exit code, and with problems on stdout', async () => {
    const expected = await askCommandLine('faulty', 'check');
    expect(start('check', '--project', folderOf('faulty'))).toEqual({ status: 1, stdout: expected.stdout, stderr: '' });
  });

  test('ends with the exit code also where nobody reads on, as behind `| head`', async () => {
    const child = spawn(
      process.execPath,
      [
        '--conditions=source',
        '--import',
        'tsx',
        'packages/claimgraph/src/cli/main.ts',
        'check',
        '--project',
        folderOf('faulty'),
      ],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stdout.destroy();
    const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });

  test('says on stderr how it is wrongly used', () => {
    const { status, stdout, stderr } = start('matrixx');
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toContain('expected a command: ');
  });

  test('refuses a project that is loaded with another copy of the engine', () => {
    const folder = mkdtempSync(join(tmpdir(), 'claimgraph-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    const engine = JSON.stringify(join(root, 'packages/claimgraph/src/index.ts'));
    const config = `import { defineConfig } from ${engine}; export default defineConfig({ typeDefs: [], permissions: {} });`;
    writeFileSync(join(folder, 'claimgraph.config.ts'), config);
    const { status, stdout, stderr } = start('check', '--project', folder);
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
    expect(stderr).toContain('expected an ES module; got one that was loaded as CommonJS');
  });

  test('tells a fault of the project own code by its stack, and exits with 70', () => {
    const { status, stdout, stderr } = start('check', '--project', folderOf('throwing'));
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/^Error: no schema today\n {4}at .*claimgraph\.config\.mjs/);
  });
});
