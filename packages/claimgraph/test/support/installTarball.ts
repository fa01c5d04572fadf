import { readFileSync } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject } from './projectCopy.ts';
import { runToSuccess } from './runCommand.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Builds and packs a copy of the project into the folder; gives the path of the tarball. */
export async function packProject(folder: string): Promise<string> {
  const copy = await copyProject();
  try {
    const told = await runToSuccess(`npm run --silent package -- --silent --pack-destination '${folder}'`, copy.folder);
    return join(folder, told.trim().split('\n').at(-1) ?? '');
  } finally {
    await copy.remove();
  }
}

/**
 * What `npm install` of the tarball does, without a registry: unpacks it, and puts beside it the packages that its manifest
 * names and no others, taken from this project. Packages for development are there only when they are named.
 */
export async function installTarball(tarball: string, project: string, tools: readonly string[] = []): Promise<void> {
  const modules = join(project, 'node_modules');
  const installed = join(modules, 'claimgraph');
  await mkdir(installed, { recursive: true });
  await mkdir(join(modules, '.bin'));
  await runToSuccess(`tar -xzf '${tarball}' --strip-components=1 -C '${installed}'`, project);
  const { dependencies, bin } = readManifest(installed);
  for (const name of [...Object.keys(dependencies), ...tools]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of ['tsc', 'tsx', 'graphql-codegen']) {
    await symlink(join(root, 'node_modules/.bin', name), join(modules, '.bin', name));
  }
  for (const [name, path] of Object.entries(bin)) {
    await chmod(join(installed, path), 0o755);
    await symlink(join(installed, path), join(modules, '.bin', name));
  }
}

/** The manifest of an installed package. */
export function readManifest(installed: string): {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
} {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}
