import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openAnyDatabase } from '../../../dev/openAnyDatabase.ts';
import type { OpenDatabase } from '../../../src/data/openDatabase.ts';

vi.setConfig({ hookTimeout: 60_000, testTimeout: 60_000 });

let parent: string;
let folder: string;
const children: ChildProcess[] = [];
const databases: OpenDatabase[] = [];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'claimgraph-'));
  folder = join(parent, 'data', 'database');
});
afterEach(async () => {
  for (const database of databases.splice(0)) await database.close();
  for (const child of children.splice(0)) await endProcess(child, 'SIGKILL');
  await rm(parent, { recursive: true });
});

async function openHere(): Promise<OpenDatabase> {
  const database = await openAnyDatabase({ kind: 'embedded', folder });
  databases.push(database);
  return database;
}

/** A real process that has the folder open. */
async function openElsewhere(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./holdDatabase.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(said)).toBe('open\n');
  return child;
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

const readLocks = async () => (await readdir(dirname(folder))).filter((name) => name !== basename(folder));
const readKeys = async ({ db }: OpenDatabase) =>
  (await db.selectFrom('settings').select('key').execute()).map(({ key }) => key);

test('a folder that another process has open is refused, and usable with all that was written once it is closed', async () => {
  const child = await openElsewhere();
  await expect(openHere()).rejects.toThrow(
    new RegExp(`${folder} .*\\b${child.pid}\\b.*CLAIMGRAPH_DATA_DIR.*DATABASE_URL`),
  );
  await endProcess(child, 'SIGTERM');
  expect(child.exitCode).toBe(0);
  expect(await readLocks()).toEqual([]);
  const first = await openHere();
  await first.db.insertInto('settings').values({ key: 'here', value: '' }).execute();
  await first.close();
  expect(await readKeys(await openHere())).toEqual([`process ${child.pid}`, 'here']);
});

test('the folder of a process that was killed is taken over, with what it wrote', async () => {
  const child = await openElsewhere();
  await endProcess(child, 'SIGKILL');
  expect(await readLocks()).toHaveLength(1);
  const database = await openHere();
  expect(await readKeys(database)).toEqual([`process ${child.pid}`]);
  await database.close();
  expect(await readLocks()).toEqual([]);
});

test('a folder whose making was cut short is made anew', async () => {
  await mkdir(dirname(folder));
  await writeFile(`${folder}.unfinished`, 'left behind by a process that was killed');
  const database = await openHere();
  await database.ping();
  expect(await readdir(dirname(folder))).not.toContain('database.unfinished');
});

test('a folder that holds something else is refused, and its lock released', async () => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'PG_VERSION'), '9\n');
  await expect(openHere()).rejects.toThrow(`(${folder})`);
  expect(await readLocks()).toEqual([]);
});
