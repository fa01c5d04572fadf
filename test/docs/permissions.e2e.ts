import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anonymous } from '../../packages/claimgraph/src/token/principal.ts';
import { ask } from './orders/ask.ts';
import { clerk } from './orders/callers.ts';
import { blocksOf } from './permissionsPage.ts';

// The first example of docs/permissions.md is pasted, as it stands, into a project that has claimgraph; and the shop of the
// page is compiled without one of its rules.

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'claimgraph-permissions-'));
  mkdirSync(join(folder, 'src'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const name of ['package.json', 'tsconfig.json']) copyFileSync(join(root, name), join(folder, name));
  const [example = ''] = blocksOf('ts src/shop.ts');
  writeFileSync(join(folder, 'src/shop.ts'), example);
  const orders = fileURLToPath(new URL('orders', import.meta.url));
  mkdirSync(join(folder, 'orders'));
  for (const name of readdirSync(orders)) {
    const text = readFileSync(join(orders, name), 'utf8').replaceAll("'../../../packages", `'${root}packages`);
    writeFileSync(join(folder, 'orders', name), text.replace('    note: readsNotes,\n', ''));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first example type-checks as it stands', () => {
  expect(typecheck('src/shop.ts')).toEqual({ stdout: '', status: 0 });
});

test('the first example runs as it stands, and gives orders to those who may read them', async () => {
  const { shop } = await import(/* @vite-ignore */ join(folder, 'src/shop.ts'));
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

test('a map without a rule for a field does not compile, with the message that the page shows', () => {
  const [shown = ''] = blocksOf('text tsc');
  const { stdout } = typecheck('orders/permissions.ts');
  for (const piece of shown.trim().split('…')) expect(stdout).toContain(piece);
});

function typecheck(file: string) {
  writeFileSync(join(folder, 'tsconfig.one.json'), JSON.stringify({ extends: './tsconfig.json', include: [file] }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const words = [tsc, '-p', 'tsconfig.one.json', '--pretty', 'false'];
  const { stdout, status } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  return { stdout, status };
}
