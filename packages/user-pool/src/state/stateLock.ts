import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PoolSettingNames } from '../poolSettings.ts';
import { PoolStateError, parsePoolState } from './poolState.ts';
import { readStateFile, stateFileOf } from './stateFile.ts';

/** The right to write one data directory's state; held by at most one process. */
export interface StateLock {
  /** @throws PoolStateError when somebody took the lock away */
  assertHeld(): void;
  release(): void;
}

const ownerSchema = z.object({ pid: z.int().positive(), startedAt: z.string(), id: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/**
 * Takes the lock file of a data directory; one whose process is gone is replaced. Should two processes replace the same
 * one, the earlier finds out at its next `assertHeld` and writes nothing more.
 * @throws PoolStateError when another pool runs there
 */
export function lockState(dataDir: string, settings: PoolSettingNames): StateLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'user-pool.lock');
  const self: Owner = { pid: process.pid, startedAt: startOf(process.pid), id: randomUUID() };
  if (!create(file, self)) {
    removeStale(file, dataDir, settings);
    if (!create(file, self)) throw inUse(file, dataDir, settings, readOwner(file));
  }
  const isHeld = () => readOwner(file)?.id === self.id;
  return {
    assertHeld() {
      if (!isHeld())
        throw new PoolStateError(`${file} is gone or another process took it; restart the local user pool`);
    },
    release() {
      if (isHeld()) rmSync(file, { force: true });
    },
  };
}

function create(file: string, owner: Owner): boolean {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function removeStale(file: string, dataDir: string, settings: PoolSettingNames): void {
  const owner = readOwner(file);
  // An owner that cannot be read may be in the middle of writing its lock: it counts as running.
  if (owner === undefined || isRunning(owner)) throw inUse(file, dataDir, settings, owner);
  rmSync(file, { force: true });
}

/** A process id is used again sooner or later, so the time when the process started is compared too where it is known. */
function isRunning(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return owner.startedAt === startOf(owner.pid);
}

/** Clock ticks since boot at which a process started, from proc(5) stat. Empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the command in brackets and may hold spaces: fields are counted from its end, where field 3 follows.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[3 - 3] === 'Z' ? 'ended' : (fields[22 - 3] ?? '');
  } catch {
    return '';
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

function inUse(file: string, dataDir: string, settings: PoolSettingNames, owner: Owner | undefined): PoolStateError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
  const url = urlOfPool(dataDir);
  const other =
    settings.url === undefined ? `use it${url && ` at ${url}`}` : `use it with ${settings.url}${url && `=${url}`}`;
  return new PoolStateError(
    `a local user pool (${who}) already uses ${dataDir}. Stop it, ${other}, or set another ${settings.dataDir}. ` +
      `If no such pool runs, delete ${file}`,
  );
}

/** Empty while the other pool is only just starting, and so has not said yet where it listens. */
function urlOfPool(dataDir: string): string {
  try {
    const file = stateFileOf(dataDir);
    const text = readStateFile(file);
    return text === undefined ? '' : new URL(parsePoolState(text, file).issuer).origin;
  } catch {
    return '';
  }
}
