import { readFileSync } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyProject } from './projectCopy.ts';
import { runToSuccess } from './runCommand.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Builds and packs a copy of the project into the folder; gives the path of the engine's tarball. */
export async function packProject(folder: string): Promise<string> {
  const [engine = ''] = await packPackages(folder, ['package']);
  return engine;
}

/** The same by scripts of the project, one after the other; gives the path of each one's tarball. */
export async function packPackages(folder: string, scripts: readonly string[]): Promise<readonly string[]> {
  const copy = await copyProject();
  try {
    const tarballs: string[] = [];
    for (const script of scripts) {
      const pack = `npm run --silent ${script} -- --silent --pack-destination '${folder}'`;
      const told = await runToSuccess(pack, copy.folder);
      tarballs.push(join(folder, told.trim().split('\n').at(-1) ?? ''));
    }
    return tarballs;
  } finally {
    await copy.remove();
  }
}

/**
 * What `npm install` of the tarball and of the named packages does, without a registry: unpacks it, and puts beside it the
 * packages that it needs, taken from this project. Its optional peers are there only when they are named.
 */
export async function installTarball(tarball: string, project: string, named: readonly string[] = []): Promise<void> {
  const modules = join(project, 'node_modules');
  const installed = join(modules, 'claimgraph');
  await mkdir(installed, { recursive: true });
  await mkdir(join(modules, '.bin'));
  await runToSuccess(`tar -xzf '${tarball}' --strip-components=1 -C '${installed}'`, project);
  const { dependencies, peerDependencies, peerDependenciesMeta, bin } = readManifest(installed);
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  for (const name of new Set([...Object.keys(dependencies), ...peers, ...named])) {
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

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly bin: Readonly<Record<string, string>>;
}

function readManifest(installed: string): Manifest {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}
