import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const app = fileURLToPath(new URL('../../packages/console/app', import.meta.url));
const committed = fileURLToPath(new URL('../../packages/console/static', import.meta.url));
const run = promisify(execFile);

test('what is committed of the console is what its source makes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-static-'));
  const vite = join(app, 'node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(process.execPath, [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: app,
    env,
  });
  const [fresh, known] = [await filesOf(folder), await filesOf(committed)];
  expect([...known.keys()]).toEqual([...fresh.keys()]);
  for (const [name, bytes] of fresh) expect(known.get(name)?.equals(bytes), name).toBe(true);
  await rm(folder, { recursive: true });
});

test('its source fits its types', async () => {
  const tsc = join(app, 'node_modules/typescript/bin/tsc');
  await expect(run(process.execPath, [tsc, '-p', app])).resolves.toMatchObject({ stdout: '' });
});

test('all that a first visit loads has at most 250 KB', async () => {
  const files = await filesOf(committed);
  const sizes = [...files.values()].map((bytes) => gzipSync(bytes, { level: 9 }).byteLength);
  expect(files.size).toBeGreaterThan(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250 * 1024);
});

async function filesOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const files = names.sort().map(async (name) => [name.slice(folder.length + 1), await readFile(name)] as const);
  return new Map(await Promise.all(files));
}
