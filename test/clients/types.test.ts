import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the adapters, their tests and the recipes fit the types of the real libraries', () => {
  const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
  const { stdout } = spawnSync(tsc, ['-p', fileURLToPath(new URL('.', import.meta.url))], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
