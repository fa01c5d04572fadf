import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askCommandLine, folderOf } from './askCommandLine.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

describe('the process', () => {
  const start = (...args: readonly string[]) => {
    const command = ['--conditions=source', '--import', 'tsx', 'packages/claimgraph/src/cli/main.ts', ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    return { status, stdout, stderr };
  };

  test('checks this repository, in which nothing is to be warned of', () => {
    const { status, stdout, stderr } = start('check', '--strict');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/\(\d+ fields\); 0 warnings\.\n$/);
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
    expect(stderr).toContain(' explain');
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
    expect(stderr).toMatch(/ES module.*CommonJS/);
  });

  test('tells a fault of the project own code by its stack, and exits with 70', () => {
    const { status, stdout, stderr } = start('check', '--project', folderOf('throwing'));
    expect({ status, stdout }).toEqual({ status: 70, stdout: '' });
    expect(stderr).toMatch(/^Error: no schema today\n {4}at .*claimgraph\.config\.mjs/);
  });
});
