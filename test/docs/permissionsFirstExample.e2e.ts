import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous } from '../../packages/claimgraph/src/token/principal.ts';
import { ask } from './orders/ask.ts';
import { clerk } from './orders/callers.ts';
import { blocksOf } from './permissionsPage.ts';

// The first example of docs/permissions.md is pasted, as it stands, into a copy of the project.

const root = fileURLToPath(new URL('../..', import.meta.url));
const fence = 'src/shop.ts';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'claimgraph-first-example-'));
  mkdirSync(join(folder, 'src'));
  for (const name of readdirSync(join(root, 'src'))) symlinkSync(join(root, 'src', name), join(folder, 'src', name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.json']) copyFileSync(join(root, name), join(folder, name));
  const [example] = blocksOf(`ts ${fence}`);
  if (example === undefined) throw new RangeError(`expected a block of ${fence} on the page`);
  writeFileSync(join(folder, fence), example);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first example type-checks as it stands', () => {
  const config = { extends: './tsconfig.json', include: [fence] };
  writeFileSync(join(folder, 'tsconfig.first.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.first.json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});

test('the first example runs as it stands, and gives orders to those who may read them', async () => {
  const { shop } = await import(/* @vite-ignore */ join(folder, fence));
  const query = '{ shopName orders { number total } }';
  expect(shop.warnings).toEqual([]);
  expect(await ask(shop, query, clerk)).toEqual({
    data: { shopName: 'Tea & Tools', orders: [{ number: 'A-1', total: 200 }] },
  });
  expect(await ask(shop, query, { ...clerk, principal: anonymous })).toMatchObject({
    data: { shopName: 'Tea & Tools', orders: null },
    errors: [{ path: ['orders'], extensions: { code: 'UNAUTHENTICATED' } }],
  });
});
