import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { serialize } from 'node:v8';
import type { AccessMatrix } from '../inspect/accessMatrix.ts';
import type { Personas } from '../inspect/persona.ts';
import { UsageError } from './exitCodes.ts';
import { parseMatrix } from './parseMatrix.ts';
import type { Terminal } from './terminal.ts';

const run = promisify(execFile);
const maxBuffer = 256 * 1024 * 1024;

/**
 * The access matrix of a project as it stood in a commit, made by a process of its own in a temporary folder, for rules
 * and schema are code. The packages are those that are installed now.
 */
export async function matrixOfCommit(
  commit: string,
  {
    project,
    personas,
    terminal,
  }: { readonly project: string; readonly personas: Personas; readonly terminal: Terminal },
): Promise<AccessMatrix> {
  const repository = await git(project, 'rev-parse', '--show-toplevel');
  const id = await idOf(project, commit);
  const inside = relative(repository, await realpath(project));
  const temporary = await mkdtemp(join(tmpdir(), 'claimgraph-diff-'));
  try {
    const base = join(temporary, 'base');
    const archive = join(temporary, 'base.tar');
    // As `git archive | tar -x` does; the prefix makes the folder.
    await git(repository, 'archive', '--format=tar', '--prefix=base/', `--output=${archive}`, id);
    await run('tar', ['-xf', archive, '-C', temporary]);
    for (const folder of new Set(['', inside])) await linkPackages(join(repository, folder), join(base, folder));
    const personasFile = join(temporary, 'personas.v8');
    await writeFile(personasFile, toBytes(personas));
    const [node, ...flags] = terminal.self.node;
    const entry = entryFor(terminal.self.entry, repository, base, commit);
    const args = ['matrix', '--format', 'json', '--project', join(base, inside), '--personas', personasFile];
    const { stdout } = await run(node, [...flags, entry, ...args], { cwd: terminal.folder, maxBuffer });
    return parseMatrix(commit, stdout);
  } catch (error) {
    throw isExecError(error)
      ? new UsageError(`no matrix of ${commit}: ${error.stderr?.trim() || error.message}`, { cause: error })
      : error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function toBytes(personas: Personas): Buffer {
  try {
    return serialize(personas);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(
      `personas: expected plain data, which the process that looks at the commit can be given; got: ${error.message}`,
      { cause: error },
    );
  }
}

async function idOf(project: string, commit: string): Promise<string> {
  try {
    return await git(project, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`);
  } catch (error) {
    throw new UsageError(`expected a file or a commit; got ${commit}`, { cause: error });
  }
}

/** A command line that is part of the repository takes its rules apart itself: those of another copy are not taken. */
function entryFor(entry: string, repository: string, base: string, commit: string): string {
  const path = relative(repository, entry);
  if (path.startsWith('..') || path.split(sep).includes('node_modules')) return entry;
  const theirs = join(base, path);
  if (existsSync(theirs)) return theirs;
  throw new UsageError(`expected a commit that has ${path}; ${commit} has none, so that its matrix cannot be made`);
}

async function linkPackages(from: string, to: string): Promise<void> {
  const [source, target] = [join(from, 'node_modules'), join(to, 'node_modules')];
  if (existsSync(source) && existsSync(to) && !existsSync(target)) await symlink(source, target, 'junction');
}

async function git(folder: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', folder, ...args]);
    return stdout.trim();
  } catch (error) {
    if (!isExecError(error)) throw error;
    throw new UsageError(`git ${args[0]}: ${error.stderr?.trim() || error.message}`, { cause: error });
  }
}

function isExecError(error: unknown): error is ExecFileException {
  return error instanceof Error && 'cmd' in error;
}
