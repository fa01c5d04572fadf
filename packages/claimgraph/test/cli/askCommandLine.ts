import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../../src/cli/runCommandLine.ts';
import type { CommandOutput, Terminal } from '../../src/cli/terminal.ts';

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
const self = { node: [process.execPath, '--conditions=source', '--import', 'tsx'], entry } as const;

/** What a command has of a process, but for its folder. */
export const terminal = {
  colours: false,
  environment: {},
  print: () => {},
  untilStopped: () => Promise.resolve(),
  self,
} satisfies Omit<Terminal, 'folder'>;

/** Types `claimgraph` and the words in the project's folder, without a process of its own. */
export function askCommandLine(project: Project, words: string, colours = false): Promise<CommandOutput> {
  return runCommandLine(words.split(' '), { ...terminal, folder: folderOf(project), colours });
}
