import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

// Without a locale provider, upper and lower case would be folded for ASCII only. Small WAL segments halve the snapshot.
const initdbOptions = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--wal-segsize=1'];

/**
 * An empty, initialised database as a tar file. Making one (initdb in WASM) takes seconds, loading it a fraction of one;
 * so it is kept in `folder`, if that is given and can be written. A file that is damaged, or was made by another version
 * of PGlite or with other options, is not used.
 */
export async function loadSnapshot(folder: string | undefined): Promise<Blob> {
  const file = folder === undefined ? undefined : join(folder, `pglite-${await fetchVersion()}-${optionsKey}.tar`);
  const kept = file === undefined ? undefined : await readSnapshot(file);
  if (kept) return new Blob([kept]);
  const made = await makeSnapshot();
  if (folder !== undefined && file !== undefined) await keepSnapshot(folder, file, made);
  return new Blob([made]);
}

const optionsKey = createHash('sha256').update(initdbOptions.join(' ')).digest('hex').slice(0, 8);

async function fetchVersion(): Promise<string> {
  const description = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'));
  const { version } = JSON.parse(await readFile(description, 'utf8'));
  return version;
}

async function makeSnapshot(): Promise<Buffer> {
  const pglite = await PGlite.create({ initDbStartParams: initdbOptions });
  try {
    const tar = await pglite.dumpDataDir('none');
    return Buffer.from(await tar.arrayBuffer());
  } finally {
    await pglite.close();
  }
}

const digestLength = 32;

/** The file is the tar followed by its SHA-256, so that one cut short or overwritten is noticed. */
async function readSnapshot(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  let content: Buffer<ArrayBuffer>;
  try {
    content = await readFile(file);
  } catch {
    return undefined; // absent or unreadable: it is made anew
  }
  const tar = content.subarray(0, -digestLength);
  return digestOf(tar).equals(content.subarray(-digestLength)) ? tar : undefined;
}

/** Other processes may do the same at the same time: each writes its own file, and the last rename stays. */
async function keepSnapshot(folder: string, file: string, tar: Buffer): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(unfinished, Buffer.concat([tar, digestOf(tar)]));
    await rename(unfinished, file);
  } catch {
    // A read-only installation or a full disk: only the next first start is slower for it.
    await rm(unfinished, { force: true }).catch(() => {});
  }
}

function digestOf(tar: Buffer): Buffer {
  return createHash('sha256').update(tar).digest();
}
