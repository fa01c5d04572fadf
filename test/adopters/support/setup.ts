import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { packPackages } from '../../../packages/claimgraph/test/support/installTarball.ts';
import { runCommand, runToSuccess } from '../../../packages/claimgraph/test/support/runCommand.ts';
import { pages, writePages } from './pages.ts';

const locked = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../../../node_modules/.bin/tsc', import.meta.url));

/** A folder with the servers of `package.json`, the packed engine, and the projects of the pages in it. */
export interface Scratch {
  readonly folder: string;
  readonly tarball: string;
  /** That of claimgraph-user-pool, which is not installed. */
  readonly userPoolTarball: string;
  /** What the compiler says of the projects. */
  readonly diagnostics: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly scratch: Scratch;
  }
}

/** Strict, and with the types of libraries checked too. */
export const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: ['node'],
    rootDir: '.',
    outDir: 'dist',
  },
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-adopters-'));
  try {
    const [[tarball = '', userPoolTarball = '']] = await Promise.all([
      packPackages(folder, ['package', 'package:user-pool']),
      installLocked(locked, folder),
    ]);
    await installPacked([tarball], folder);
    await writePages(folder, pages);
    const diagnostics = await compile(folder, pages);
    project.provide('scratch', { folder, tarball, userPoolTarball, diagnostics });
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  return () => rm(folder, { recursive: true });
}

/** From npm's cache where it has what the lock names. */
export async function installLocked(from: string, folder: string): Promise<void> {
  for (const file of ['package.json', 'package-lock.json']) await cp(join(from, file), join(folder, file));
  await runToSuccess('npm ci --prefer-offline --ignore-scripts --no-audit --no-fund', folder);
}

/** As an adopter does it; what the engine itself depends on is found by its ranges. */
export async function installPacked(tarballs: readonly string[], folder: string): Promise<void> {
  const flags = '--no-save --prefer-offline --ignore-scripts --no-audit --no-fund';
  await runToSuccess(`npm install ${flags} ${tarballs.map((tarball) => `'${tarball}'`).join(' ')}`, folder);
}

/** Each project by a configuration of its page, or the strict one. Gives what the compiler says. */
export async function compile(folder: string, projects: readonly string[]): Promise<string> {
  const told: string[] = [];
  for (const name of projects) {
    const own = join(folder, name, 'tsconfig.json');
    await writeFile(own, JSON.stringify(tsconfig), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const { stdout, stderr } = await runCommand(`'${tsc}' --pretty false -p .`, join(folder, name));
    told.push(stdout.replaceAll(/^(?=\S)/gm, `${name}: `), stderr);
  }
  return told.join('');
}
