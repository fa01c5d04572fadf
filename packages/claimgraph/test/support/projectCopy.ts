import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** A copy of the project that can be edited, with the packages of the original. */
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
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
