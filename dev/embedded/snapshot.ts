import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { readOrMakeFile } from './cachedFile.ts';

// Without a locale provider, upper and lower case would be folded for ASCII only. Small WAL segments halve the snapshot.
const initdbOptions = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--wal-segsize=1'];

/**
 * An empty, initialised database as a tar file. Making one (initdb in WASM) takes seconds, loading it a fraction of one;
 * so it is kept in `folder`, if that is given, under a name that changes with PGlite's version and the options.
 */
export async function loadSnapshot(folder: string | undefined): Promise<Blob> {
  if (folder === undefined) return new Blob([await makeSnapshot()]);
  const file = join(folder, `pglite-${await fetchVersion()}-${optionsKey}.tar`);
  return new Blob([await readOrMakeFile(file, makeSnapshot)]);
}

const optionsKey = createHash('sha256').update(initdbOptions.join(' ')).digest('hex').slice(0, 8);

async function fetchVersion(): Promise<string> {
  const description = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(await readFile(description, 'utf8'));
  return version;
}

async function makeSnapshot(): Promise<Buffer<ArrayBuffer>> {
  const pglite = await PGlite.create({ initDbStartParams: initdbOptions });
  try {
    const tar = await pglite.dumpDataDir('none');
    return Buffer.from(await tar.arrayBuffer());
  } finally {
    await pglite.close();
  }
}
