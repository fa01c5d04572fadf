import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDataFolder } from '../../dev/dataFolder.ts';
import { ConfigurationError } from '../../packages/claimgraph/src/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimgraph-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is made with those above it, for its owner alone, and left as it is when it is there', () => {
  const path = join(folder, 'a', 'b');
  makeDataFolder(path);
  makeDataFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

const file = join(folder, 'file');
writeFileSync(file, '');

test.each([
  ['a file', file],
  ['a place below a file', join(file, 'x')],
  ['a place where there can be no folder', '/proc/claimgraph/x'],
  ['a name that is none', join(folder, 'x'.repeat(300))],
])('%s is refused, with the name of the setting and the reason', (_, path) => {
  expect(() => makeDataFolder(path)).toThrow(ConfigurationError);
  expect(() => makeDataFolder(path)).toThrow(/^CLAIMGRAPH_DATA_DIR: .* \(E[A-Z]+: /);
});

test.skipIf(process.getuid?.() === 0)('a folder of somebody else is refused', () => {
  expect(() => makeDataFolder('/')).toThrow(/^CLAIMGRAPH_DATA_DIR: .*EACCES/);
});
if (process.getuid?.() === 0)
  process.stdout.write('skipped as root, who may write anywhere: a folder of somebody else\n');
