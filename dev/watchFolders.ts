import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * Tells of every source file that is written, renamed or removed below these folders. One watcher for each folder: the
 * recursive ones of Node 20 on Linux watch files, and lose those that an editor replaces by renaming.
 */
export function watchFolders(roots: readonly string[], onChange: (path: string) => void): { close(): void } {
  const watchers = new Map<string, FSWatcher>();
  for (const folder of foldersBelow(roots)) watchFolder(folder);

  function watchFolder(folder: string): void {
    const watcher = watch(folder, (event, name) => {
      if (event === 'rename') followFolders();
      if (name !== null && /\.(ts|graphql)$/.test(name)) onChange(join(folder, name));
    });
    watcher.on('error', () => watcher.close());
    watchers.set(folder, watcher);
  }

  function followFolders(): void {
    const folders = foldersBelow(roots);
    for (const [folder, watcher] of watchers) {
      if (folders.includes(folder)) continue;
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
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function foldersBelow(roots: readonly string[]): readonly string[] {
  return roots.flatMap((root) => {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    return [
      root,
      ...entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name)),
    ];
  });
}
