import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Looks for type errors beside what runs, which runs all the same: tsx takes types away unread. */
export interface TypeCheck {
  /** Looks at the files as they are now; a look at what they were before is given up. */
  run(): void;
  close(): void;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('./bin/tsc', import.meta.resolve('typescript/package.json')));

/** As many as a developer can take in at once; the first is mostly the cause of the others. */
const maxErrors = 5;

/** Says the first errors, and once, when they are gone, that there are none. */
export function createTypeCheck(say: (text: string) => void): TypeCheck {
  let running: ChildProcess | undefined;
  let hadErrors = false;

  async function look(): Promise<void> {
    // In a group of its own, for the compiler is a process that its launcher starts.
    const check = spawn(process.execPath, [compiler, '-p', 'tsconfig.dev.json', '--pretty', 'false'], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running = check;
    check.on('error', () => {});
    const printed = await text(check.stdout);
    if (running !== check) return;
    running = undefined;
    const errors = printed.split('\n').filter((line) => /\berror TS\d+: /.test(line));
    if (errors.length > 0) say(describeErrors(errors));
    else if (hadErrors) say('Types: no errors any more.\n');
    hadErrors = errors.length > 0;
  }

  function end(): void {
    const pid = running?.pid;
    running = undefined;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid);
    } catch (error) {
      const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
      if (!isGone) throw error;
    }
  }

  return {
    run() {
      end();
      void look();
    },
    close: end,
  };
}

function describeErrors(errors: readonly string[]): string {
  const shown = errors.slice(0, maxErrors).map((line) => `  ${line}\n`);
  const more = errors.length - shown.length;
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`;
  const rest = more > 0 ? `  … and ${more} more: npm run typecheck\n` : '';
  return `Types: ${count}, although it runs. After edits of schema/, npm run codegen comes first.\n${shown.join('')}${rest}`;
}
