import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from 'claimgraph';

export interface FolderLock {
  release(): Promise<void>;
}

const attempts = 4;

/**
 * Takes a folder for this process alone; PGlite itself would let two open it, and both would destroy it.
 *
 * A holder is an empty file beside the folder whose *name* says who holds it, so that it is never half-written. Everybody
 * first makes theirs, then looks for others, and withdraws if somebody else is alive; so of two that come at the same
 * time at most one stays, and a holder that died is noticed by its process, without any race for its file.
 */
export async function takeFolderLock(folder: string): Promise<FolderLock> {
  await mkdir(dirname(folder), { recursive: true });
  const own = toFileName(folder, { pid: process.pid, startedAt: readStart(process.pid), host: ownHost });
  const release = () => rm(join(dirname(folder), own), { force: true });

  for (let attempt = 1; ; attempt += 1) {
    await writeFile(join(dirname(folder), own), '', { flag: 'wx' });
    const other = await findOther(folder, own);
    if (!other) return { release };
    await release();
    if (attempt === attempts) throw heldBy(folder, other);
    await delay(50 + Math.random() * 200); // the other may be just as new, or about to stop
  }
}

interface Holder {
  readonly pid: number;
  /** In clock ticks since the machine started, or `unknown`: tells a process from a later one with the same pid. */
  readonly startedAt: string;
  /** As part of a file name. */
  readonly host: string;
}

const ownHost = encodeURIComponent(hostname());

function toFileName(folder: string, { pid, startedAt, host }: Holder): string {
  return `${basename(folder)}.lock.${pid}.${startedAt}.${randomUUID()}.${host}`;
}

function parseFileName(folder: string, name: string): Holder | undefined {
  const prefix = `${basename(folder)}.lock.`;
  const [, pid, startedAt, host] = /^(\d+)\.(\w+)\.[\w-]+\.(.+)$/.exec(name.slice(prefix.length)) ?? [];
  if (!name.startsWith(prefix) || pid === undefined || startedAt === undefined || host === undefined) return undefined;
  return { pid: Number(pid), startedAt, host };
}

/** The first other live holder; the files of dead ones are removed on the way. */
async function findOther(folder: string, own: string): Promise<(Holder & { readonly file: string }) | undefined> {
  for (const name of await readdir(dirname(folder))) {
    const holder = name === own ? undefined : parseFileName(folder, name);
    if (!holder) continue;
    const file = join(dirname(folder), name);
    if (isAlive(holder)) return { ...holder, file };
    await rm(file, { force: true });
  }
  return undefined;
}

/** A process on another host (a shared volume, another container) cannot be asked: it counts as alive. */
function isAlive({ pid, startedAt, host }: Holder): boolean {
  if (host !== ownHost) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const actual = readStart(pid);
  return startedAt === 'unknown' || actual === 'unknown' || actual === startedAt;
}

/** Field 22 of /proc/<pid>/stat (proc(5)); counted from the last `)`, because the name before it can hold anything. */
function readStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? 'unknown');
  } catch {
    return 'unknown'; // not Linux, or another user's process
  }
}

function heldBy(folder: string, { pid, host, file }: Holder & { readonly file: string }): ConfigurationError {
  const where = host === ownHost ? '' : ` on ${host}`;
  return new ConfigurationError(
    `the embedded database ${folder} is in use by process ${pid}${where}: stop that process, choose another folder ` +
      `with CLAIMGRAPH_DATA_DIR, or share a PostgreSQL server with DATABASE_URL; if there is no such process, delete ${file}`,
  );
}
