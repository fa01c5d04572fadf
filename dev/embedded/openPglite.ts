import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { columnParsers } from '../../src/data/columnParsers.ts';
import { loadSnapshot } from './snapshot.ts';
import type { WorkerOptions } from './workerMessages.ts';

const options: PGliteOptions = { parsers: Object.fromEntries(columnParsers) };

/** Opens the database in its folder, which it makes at the first start, or a new one in memory. */
export async function openPglite({ folder, snapshotFolder }: WorkerOptions): Promise<PGlite> {
  if (folder === undefined) return PGlite.create({ ...options, loadDataDir: await loadSnapshot(snapshotFolder) });
  if (!existsSync(join(folder, 'PG_VERSION'))) await createFolder(folder, snapshotFolder);
  return PGlite.create({ ...options, dataDir: folder });
}

/** Beside its place and then renamed: a process that dies half-way leaves no half database behind. */
async function createFolder(folder: string, snapshotFolder: string | undefined): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await mkdir(dirname(folder), { recursive: true });
  await rm(unfinished, { recursive: true, force: true });
  const pglite = await PGlite.create({ dataDir: unfinished, loadDataDir: await loadSnapshot(snapshotFolder) });
  await pglite.close();
  await rename(unfinished, folder);
}
