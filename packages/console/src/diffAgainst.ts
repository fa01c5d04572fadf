import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What was asked of the project cannot be done, in words. */
export class ProjectError extends Error {}

/** A name of a commit, as people type it: nothing that a command would take for an option. */
const commitName = /^[\w@][\w./@^~{}-]{0,199}$/;

/**
 * What the rules of today give and take, compared with those of a commit: what `claimgraph diff` says, by that very command,
 * for the rules of a commit are code and get a process of their own.
 */
export async function diffAgainst(project: string, commit: string): Promise<{ readonly text: string }> {
  if (!commitName.test(commit)) {
    throw new ProjectError('commit: expected the name of one, such as main or HEAD~1; got something else');
  }
  try {
    const [node, ...flags] = commandLine();
    const { stdout } = await run(node, [...flags, 'diff', commit], { cwd: project, maxBuffer: 64 * 1024 * 1024 });
    return { text: stdout };
  } catch (error) {
    if (!(error instanceof Error) || !('stderr' in error)) throw error;
    throw new ProjectError(String(error.stderr).trim() || error.message, { cause: error });
  }
}

/** From source where this is source, as in the repository of both. */
function commandLine(): readonly [string, ...string[]] {
  const isSource = fileURLToPath(import.meta.url).endsWith('.ts');
  const engine = dirname(createRequire(import.meta.url).resolve('claimgraph/package.json'));
  return isSource
    ? [process.execPath, '--conditions=source', '--import', 'tsx', join(engine, 'src/cli/main.ts')]
    : [process.execPath, ...process.execArgv, join(engine, 'dist/cli/main.js')];
}
