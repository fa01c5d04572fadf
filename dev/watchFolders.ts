import { type FSWatcher, readdirSync, type WatchEventType, watch } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * Tells of every source file that is written, renamed or removed below these folders, also when a folder goes and comes
 * again, as git has it. One watcher for each folder: the recursive ones of Node 20 on Linux watch files, and lose those
 * that an editor replaces by renaming.
 */
export function watchFolders(roots: readonly string[], onChange: (path: string) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  const parents = [...new Set(roots.map((root) => dirname(root)))].map((parent) =>
    watch(parent, (event, name) => {
      const path = name === null ? parent : join(parent, name);
      if (event === 'rename' && roots.includes(path)) followFolders(path);
    }),
  );
  for (const folder of roots.flatMap(foldersFrom)) watchFolder(folder);

  function watchFolder(folder: string): void {
    const watcher = unlessGone(() =>
      watch(folder, (event, name) => hear(event, name === null ? folder : join(folder, name))),
    );
    if (!watcher) return;
    watcher.on('error', () => watcher.close());
    watchers.set(folder, watcher);
  }

  function hear(event: WatchEventType, path: string): void {
    if (event === 'rename') followFolders(path);
    if (/\.(ts|graphqls?|gqls?)$/i.test(path)) onChange(path);
  }

  /** A folder at `renamed` may be another than before, whose watcher hears nothing of it. */
  function followFolders(renamed: string): void {
    const folders = roots.flatMap(foldersFrom);
    for (const [folder, watcher] of watchers) {
      const isSame = folder !== renamed && !folder.startsWith(`${renamed}${sep}`);
      if (isSame && folders.includes(folder)) continue;
      watcher.close();
      watchers.delete(folder);
      onChange(folder);
    }
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      watchFolder(folder);
      // Its files may have been there before the watcher was.
      onChange(folder);
    }
  }

  return {
    close() {
      for (const watcher of [...parents, ...watchers.values()]) watcher.close();
    },
  };
}

/** The folder and those below it; none when it is not there. */
function foldersFrom(folder: string): readonly string[] {
  const entries = unlessGone(() => readdirSync(folder, { withFileTypes: true }));
  if (!entries) return [];
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return [folder, ...below.flatMap(foldersFrom)];
}

/** Whatever was there a moment ago may be gone. */
function unlessGone<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (isGone) return undefined;
    throw error;
  }
}
