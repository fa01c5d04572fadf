import { spawn } from 'node:child_process';

/**
 * Runs lines of a shell when it is told to, or when this process is gone, however it ended: a server that is no child of
 * ours, or does not notice, would run on. What the lines say must be harmless when everything is ended already.
 */
export function guard(script: string): () => void {
  // Its standard input is ours to close; a signal to our process group does not reach it.
  const shell = spawn('sh', ['-c', `cat; ${script}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.unref();
  return () => shell.stdin.end();
}
