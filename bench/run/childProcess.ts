import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of ours that answers one message with one message, in turn. It ends by itself when we are gone. */
export interface ChildProcess {
  /** Resolves with the `result` of the answer; rejects with its `failure`, when the process ends, or after the time-out. */
  ask(message: object, timeoutSeconds: number): Promise<unknown>;
  stop(): Promise<void>;
}

const maxStopMs = 3_000;

/** `file` is relative to `bench/`. Plain Node.js, as in production: none of our own loaders or flags. */
export function startChildProcess(file: string, execArgv: readonly string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  const child = fork(path, {
    execArgv: [...execArgv],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
    // Standard output is for the tables.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');

  return {
    async ask(message, timeoutSeconds) {
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), timeoutSeconds * 1000);
      try {
        child.send(message);
        const answer: unknown = await Promise.race([
          once(child, 'message', { signal: timeout.signal }).then(([first]: unknown[]) => first),
          exited.then(([code, signal]) => Promise.reject(new Error(`${file} ended with ${code ?? signal}`))),
        ]);
        return readAnswer(answer);
      } catch (error) {
        if (!timeout.signal.aborted) throw error;
        throw new Error(`${file}: expected an answer within ${timeoutSeconds} s; got none`);
      } finally {
        clearTimeout(timer);
        timeout.abort();
      }
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const impatience = setTimeout(() => child.kill('SIGKILL'), maxStopMs);
      if (child.connected) child.disconnect();
      await exited;
      clearTimeout(impatience);
    },
  };
}

function readAnswer(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null) throw new TypeError(`expected an answer; got ${typeof answer}`);
  if ('failure' in answer) throw new Error(String(answer.failure));
  return 'result' in answer ? answer.result : undefined;
}
