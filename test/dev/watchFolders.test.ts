import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchFolders } from '../../dev/watchFolders.ts';

let folder: string;
let watching: { close(): void };
const seen: string[] = [];
const news = new EventEmitter();

beforeEach(async () => {
  seen.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-watch-'));
  await mkdir(join(folder, 'resolvers'));
  await writeFile(join(folder, 'resolvers/company.ts'), 'one');
  watching = watchFolders([folder], (path) => {
    seen.push(path);
    news.emit('seen');
  });
});

afterEach(async () => {
  watching.close();
  await rm(folder, { recursive: true });
});

async function untilSeen(name: string): Promise<void> {
  const path = join(folder, name);
  while (!seen.includes(path)) await once(news, 'seen');
  seen.length = 0;
}

test('a file is seen each time, also after another file took its place', async () => {
  const file = join(folder, 'resolvers/company.ts');
  for (const text of ['two', 'three']) {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    await untilSeen('resolvers/company.ts');
  }
  await writeFile(file, 'four');
  await untilSeen('resolvers/company.ts');
});

test('so is a new folder, with what comes into it, and a folder that goes', async () => {
  await mkdir(join(folder, 'data'));
  await untilSeen('data');
  await writeFile(join(folder, 'data/rows.ts'), 'rows');
  await untilSeen('data/rows.ts');
  await rm(join(folder, 'data'), { recursive: true });
  await untilSeen('data');
});

test('so is what comes into a folder that took the place of another', async () => {
  const file = join(folder, 'resolvers/company.ts');
  await mkdir(join(folder, 'next'));
  await untilSeen('next');
  await rename(join(folder, 'resolvers'), join(folder, 'before'));
  await rename(join(folder, 'next'), join(folder, 'resolvers'));
  await untilSeen('resolvers');
  await writeFile(file, 'two');
  await untilSeen('resolvers/company.ts');
});

test('the watched folder itself may go and come again', async () => {
  await rename(folder, `${folder}-away`);
  await untilSeen('.');
  await rename(`${folder}-away`, folder);
  await untilSeen('resolvers');
  await writeFile(join(folder, 'resolvers/company.ts'), 'two');
  await untilSeen('resolvers/company.ts');
});

test('what editors leave beside sources is not', async () => {
  await writeFile(join(folder, 'resolvers/.company.ts.swp'), 'swap');
  await writeFile(join(folder, 'company.graphql'), 'type Company');
  await untilSeen('company.graphql');
  await writeFile(join(folder, 'resolvers/4913'), 'probe');
  await writeFile(join(folder, 'resolvers/company.ts'), 'five');
  while (!seen.includes(join(folder, 'resolvers/company.ts'))) await once(news, 'seen');
  expect(seen.filter((path) => !/company\.(ts|graphql)$/.test(path))).toEqual([]);
});
