import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/cli/runCommandLine.ts';
import type { CommandOutput } from '../../src/cli/terminal.ts';

export type Project =
  | 'shop'
  | 'faulty'
  | 'warned'
  | 'misshaped'
  | 'unparsable'
  | 'misspelt'
  | 'sdlless'
  | 'unrunnable'
  | 'throwing'
  | 'closed'
  | 'hostile';

export function folderOf(project: Project): string {
  return fileURLToPath(new URL(`./projects/${project}/`, import.meta.url));
}

const entry = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** As `npm run permissions` starts it. */
export const self = { node: [process.execPath, '--conditions=source', '--import', 'tsx'], entry } as const;

/** Types `claimgraph` and the words in the project's folder, without a process of its own. */
export function askCommandLine(project: Project, words: string, colours = false): Promise<CommandOutput> {
  return runCommandLine(words.split(' '), { folder: folderOf(project), colours, self });
}
