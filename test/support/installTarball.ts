import { readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject } from './projectCopy.ts';
import { runToSuccess } from './runCommand.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface LockedPackage {
  readonly dev?: boolean;
}

/** Builds and packs a copy of the project into the folder; gives the path of the tarball. */
export async function packProject(folder: string): Promise<string> {
  const copy = await copyProject();
  try {
    const told = await runToSuccess(`npm pack --silent --pack-destination '${folder}'`, copy.folder);
    return join(folder, told.trim().split('\n').at(-1) ?? '');
  } finally {
    await copy.remove();
  }
}

/**
 * What `npm install` of the tarball does, without a registry: unpacks it, and puts beside it the packages that it depends
 * on, taken from this project. Packages for development are there only when they are named.
 */
export async function installTarball(tarball: string, project: string, tools: readonly string[] = []): Promise<void> {
  const modules = join(project, 'node_modules');
  await mkdir(join(modules, 'claimgraph'), { recursive: true });
  await mkdir(join(modules, '.bin'));
  await runToSuccess(`tar -xzf '${tarball}' --strip-components=1 -C '${join(modules, 'claimgraph')}'`, project);
  for (const name of [...productionPackages(), ...tools]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of ['tsc', 'tsx', 'graphql-codegen']) {
    await symlink(join(root, 'node_modules/.bin', name), join(modules, '.bin', name));
  }
}

/** The packages on the first level that `npm install --omit=dev` would install. */
function productionPackages(): readonly string[] {
  const { packages }: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(packages).flatMap(([path, { dev = false }]) => {
    const name = path.replace(/^node_modules\//, '');
    return path === '' || dev || name.includes('node_modules/') || !isInstalled(name) ? [] : [name];
  });
}

/** Packages for other platforms are locked but not there. */
function isInstalled(name: string): boolean {
  try {
    readFileSync(join(root, 'node_modules', name, 'package.json'));
    return true;
  } catch {
    return false;
  }
}
