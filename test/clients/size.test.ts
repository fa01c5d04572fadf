import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { measureSizes } from './support/measureSizes.ts';

let sizes: ReadonlyMap<string, number>;

beforeAll(async () => {
  sizes = await measureSizes();
});

test('the core, all that index.ts exports, has at most 3 KB', () => {
  expect(sizes.get('core')).toBeLessThanOrEqual(3 * 1024);
});

test('README of the package tells the size of each part', () => {
  const page = readFileSync(new URL('../../packages/client/README.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| `claimgraph-client.* (\d+) \|$/gm)].map(([, bytes]) => Number(bytes));
  expect(told).toEqual([...sizes.values()]);
});
