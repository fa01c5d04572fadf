import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// `npm run example`: the API, the local user pool, and the application of examples/spa, which is told where both are.
// EXAMPLE_PORT is where the application is. Each ends when another one does, and all at SIGINT and SIGTERM.

const root = fileURLToPath(new URL('..', import.meta.url));
const spa = fileURLToPath(new URL('../examples/spa', import.meta.url));

const children: ChildProcess[] = [];

function start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout?.pipe(process.stdout);
  child.on('exit', (code) => {
    process.exitCode ??= code ?? 1;
    stop();
  });
  children.push(child);
  return child;
}

function stop(): void {
  for (const child of children) child.kill('SIGTERM');
}

/** Resolves with what the API says when it is ready; undefined when it ends before. */
async function readyLineOf(child: ChildProcess): Promise<string | undefined> {
  let printed = '';
  const ended = once(child, 'exit').then(() => undefined);
  for (;;) {
    const line = /^Ready: .*\n/m.exec(printed)?.[0];
    if (line !== undefined) return line;
    const chunk = await Promise.race([once(child.stdout ?? child, 'data'), ended]);
    if (chunk === undefined) return undefined;
    printed += chunk[0];
  }
}

/** What the application reads; where the API is told of a Cognito user pool, that is for its `.env` files to say. */
function settingsOf(readyLine: string): NodeJS.ProcessEnv {
  const [, apiUrl] = /API on ([^\s,;]+)/.exec(readyLine) ?? [];
  const [, poolUrl] = /user pool on ([^\s,;]+)/.exec(readyLine) ?? [];
  const [, clientId, issuer] = /client id (\S+), issuer (\S+)/.exec(readyLine) ?? [];
  const local = poolUrl && { VITE_POOL_URL: poolUrl, VITE_CLIENT_ID: clientId, VITE_ISSUER: issuer };
  return { VITE_API_URL: apiUrl, ...(local || {}) };
}

process.on('SIGINT', stop);
process.on('SIGTERM', stop);

const readyLine = await readyLineOf(
  start(['--conditions=source', '--import', 'tsx', 'dev/start.ts'], root, process.env),
);
if (readyLine !== undefined) {
  const vite = ['node_modules/vite/bin/vite.js', '--port', process.env.EXAMPLE_PORT ?? '5173', '--strictPort'];
  start(vite, spa, { ...process.env, ...settingsOf(readyLine) });
}
