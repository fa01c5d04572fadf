import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PoolStateError } from './poolState.ts';

/** Where the local pool keeps its keys, in its data directory. */
export function stateFileOf(dataDir: string): string {
  return join(dataDir, 'user-pool.json');
}

/**
 * The text of the state file, or undefined when there is none.
 * @throws PoolStateError when others can read it: whoever has the keys can sign in as anybody
 */
export function readStateFile(file: string): string | undefined {
  const descriptor = openForReading(file);
  if (descriptor === undefined) return undefined;
  try {
    // The mode of what was opened, not of what the name points to a moment later. Windows has no such bits.
    const mode = fstatSync(descriptor).mode & 0o777;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new PoolStateError(
        `${file} holds private keys and must be for its owner only (mode 600); its mode is ${mode.toString(8)}. ` +
          `Restrict it with: chmod 600 ${file}; or, if others may have read it, delete it to start with new keys`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces the state file in one step, so that no reader and no crash ever meets half of it. The directory is there. */
export function writeStateFile(file: string, text: string): void {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function openForReading(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new PoolStateError(`${file} cannot be read`, { cause: error });
  }
}
