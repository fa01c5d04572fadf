import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from 'claimgraph/errors';

/**
 * Makes the folder of the embedded database and of the local user pool, for its owner alone, and sees that it can be
 * written. Throws ConfigurationError with the reason when it cannot.
 */
export function makeDataFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      `CLAIMGRAPH_DATA_DIR: expected a folder that can be made and written; got ${folder} (${reason}). ` +
        'Set it to another, or make that one and give it to the user that this process runs as.',
      { cause: error },
    );
  }
}

/** One after the other: where a folder cannot have others, as in /proc, Node 20 makes them recursively without an end. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have been first.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
