import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOrMakeFile } from '../../../dev/embedded/cachedFile.ts';

const content = Buffer.from('what takes long to make '.repeat(100));

let parent: string;
let file: string;
let made: number;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'claimgraph-'));
  file = join(parent, 'cache', 'snapshot.tar');
  made = 0;
});
afterEach(() => rm(parent, { recursive: true }));

const readOrMake = () =>
  readOrMakeFile(file, async () => {
    made += 1;
    return content;
  });

test('it is made once and then read', async () => {
  expect(await readOrMake()).toEqual(content);
  expect(await readOrMake()).toEqual(content);
  expect(made).toBe(1);
});

test.each([
  ['is cut short', () => truncate(file, content.length / 2)],
  ['lacks its last byte', () => truncate(file, content.length + 31)],
  ['is empty', () => writeFile(file, '')],
  ['has a wrong byte', async () => writeFile(file, (await readFile(file)).fill('X', 500, 501))],
  ['is something else', () => writeFile(file, 'anything longer than the digest that would have to follow it')],
])('a file that %s is made anew', async (_, damage) => {
  await readOrMake();
  await damage();
  expect(await readOrMake()).toEqual(content);
  expect(made).toBe(2);
  expect(await readOrMake()).toEqual(content);
  expect(made).toBe(2);
  expect(await readdir(dirname(file))).toEqual(['snapshot.tar']);
});

test('several that make it at once leave one good file', async () => {
  expect(await Promise.all([readOrMake(), readOrMake(), readOrMake()])).toEqual([content, content, content]);
  expect(await readdir(dirname(file))).toEqual(['snapshot.tar']);
  made = 0;
  await readOrMake();
  expect(made).toBe(0);
});

test('where nothing can be written it is made each time', async () => {
  await writeFile(dirname(file), 'a file where the folder should be');
  expect(await readOrMake()).toEqual(content);
  expect(await readOrMake()).toEqual(content);
  expect(made).toBe(2);
});
