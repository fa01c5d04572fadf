import { cp, mkdir, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** A copy of the project that can be edited: its own packages are copies too, those of others are the original's. */
export interface ProjectCopy {
  readonly folder: string;
  remove(): Promise<void>;
}

const left = new Set(['.git', '.claimgraph', 'node_modules', 'dist', 'coverage']);

export async function copyProject(): Promise<ProjectCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-copy-'));
  for (const name of await readdir(root)) {
    const filter = (path: string) => !left.has(basename(path));
    await cp(join(root, name), join(folder, name), { recursive: true, filter });
  }
  await linkModules(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

async function linkModules(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [original, link] = [join(from, entry.name), join(to, entry.name)];
    // npm links the workspaces by relative paths, which lead to the copies.
    await symlink(entry.isSymbolicLink() ? await readlink(original) : original, link);
  }
}
