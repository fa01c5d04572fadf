import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeFolderLock } from '../../../dev/embedded/folderLock.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'claimgraph-'));
  folder = join(parent, 'database');
});
afterEach(() => rm(parent, { recursive: true }));

const ownLock = expect.stringContaining(`database.lock.${process.pid}.`);

test('a lock is a file beside the folder until it is released', async () => {
  const lock = await takeFolderLock(folder);
  expect(await readdir(parent)).toEqual([ownLock]);
  await lock.release();
  expect(await readdir(parent)).toEqual([]);
  await (await takeFolderLock(folder)).release();
});

test('a folder that this process has locked is refused', async () => {
  await takeFolderLock(folder);
  await expect(takeFolderLock(folder)).rejects.toThrow(`process ${process.pid}:`);
  expect(await readdir(parent)).toEqual([ownLock]);
});

test('a lock that is released while another waits goes to the other', async () => {
  const lock = await takeFolderLock(folder);
  const other = takeFolderLock(folder);
  await lock.release();
  await other;
  expect(await readdir(parent)).toEqual([ownLock]);
});

test('of several that come at the same time at most one gets it', async () => {
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => takeFolderLock(folder)));
  const holders = results.filter(({ status }) => status === 'fulfilled');
  expect(holders.length).toBeLessThanOrEqual(1);
  expect(await readdir(parent)).toHaveLength(holders.length);
});

const host = encodeURIComponent(hostname());

async function isTakenOver(holder: string): Promise<void> {
  await writeFile(`${folder}.lock.${holder}`, '');
  await takeFolderLock(folder);
  expect(await readdir(parent)).toEqual([ownLock]);
}

test('the lock of a process that is gone is taken over', () => isTakenOver(`4194999.1.x.${host}`));

test.runIf(process.platform === 'linux')('the lock of an earlier process that had our pid is taken over', () =>
  isTakenOver(`${process.pid}.1.x.${host}`),
);

test.each([
  [
    'a process that is alive, of which more is not known',
    `${process.pid}.unknown.x.${host}`,
    `process ${process.pid}:`,
  ],
  ['another host, where nobody here can tell who is alive', '1.1.x.elsewhere', 'process 1 on elsewhere:'],
])('a lock of %s is respected, and the message says what to do', async (_, holder, named) => {
  const lock = `${folder}.lock.${holder}`;
  await writeFile(lock, '');
  const refusal: unknown = await takeFolderLock(folder).catch((error: unknown) => error);
  expect(String(refusal)).toContain(folder);
  expect(String(refusal)).toContain(named);
  expect(String(refusal)).toContain('CLAIMGRAPH_DATA_DIR');
  expect(String(refusal)).toContain('DATABASE_URL');
  expect(String(refusal)).toContain(`delete ${lock}`);
  expect(await readdir(parent)).toHaveLength(1);
});

test('other files and the locks of other folders are left alone', async () => {
  const others = ['database.lock', 'database.lock.notes', `database2.lock.4194999.1.x.${host}`];
  for (const name of others) await writeFile(join(parent, name), '');
  await (await takeFolderLock(folder)).release();
  expect((await readdir(parent)).sort()).toEqual(others);
});
