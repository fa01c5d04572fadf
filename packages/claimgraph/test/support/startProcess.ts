import { spawn } from 'node:child_process';
import { once } from 'node:events';

const root = new URL('../../../..', import.meta.url);

/** A process of ours, started as a person would, with nothing of the test's own environment but the path. */
export interface StartedProcess {
  /** Resolves with the first line of stdout that starts with `Ready`; rejects when the process ends before. */
  readonly ready: Promise<string>;
  readonly output: { stdout: string; stderr: string };
  /** Resolves with all of stdout once something in it matches; rejects when the process ends before. */
  printed(pattern: RegExp | string): Promise<string>;
  /** Sends SIGTERM, unless told otherwise, and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Sends a signal that does not end it. */
  signal(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

export function startProcess(
  command: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>>,
  cwd: string | URL = root,
): StartedProcess {
  const [file, ...args] = command;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  const exited = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk;
      const line = output.stdout.split('\n').find((text) => text.startsWith('Ready'));
      if (line !== undefined) resolve(line);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk;
    });
    exited.then((code) => reject(new Error(`ended with ${code} before it was ready:\n${output.stderr}`)));
  });
  async function refuseToWait(): Promise<never> {
    throw new Error(`ended with ${await exited} before it printed that:\n${output.stdout}${output.stderr}`);
  }
  // A process that is expected to end early is not asked for `ready`.
  ready.catch(() => {});
  return {
    ready,
    output,
    async printed(pattern) {
      const isThere = () =>
        typeof pattern === 'string' ? output.stdout.includes(pattern) : pattern.test(output.stdout);
      while (!isThere()) await Promise.race([once(child.stdout, 'data'), refuseToWait()]);
      return output.stdout;
    },
    exited,
    signal: (signal) => void child.kill(signal),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}
