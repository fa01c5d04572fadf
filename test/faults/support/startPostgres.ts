import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './findProgram.ts';
import { freePort } from './freePort.ts';
import { guard } from './guard.ts';

const run = promisify(execFile);

/** A PostgreSQL server of the test's own, on loopback, whose data are gone when it is closed. */
export interface PostgresServer {
  readonly port: number;
  readonly url: string;
  /** `fast` ends the sessions and shuts down; `immediate` is a crash, after which the server recovers when it starts. */
  stop(mode: 'fast' | 'immediate'): Promise<void>;
  /** On the same port; resolves once it takes connections. */
  start(): Promise<void>;
  /** SIGSTOP for the server and its sessions: their machine stands still, and nobody is told. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  close(): Promise<void>;
  /** Of its programs, as in `15.19`. */
  version(): Promise<string>;
}

const settings = [
  'listen_addresses=127.0.0.1',
  // Nothing here outlives the test.
  'fsync=off',
  'max_connections=200',
  'shared_preload_libraries=pg_stat_statements',
];

export async function startPostgres(): Promise<PostgresServer> {
  const programs = dirname(findProgram('pg_ctl', 'postgresql'));
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-postgres-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const options = [
    '-p',
    String(port),
    ...[...settings, `unix_socket_directories=${folder}`].flatMap((one) => ['-c', one]),
  ];
  const control = (...args: readonly string[]) => runAsOwner(join(programs, 'pg_ctl'), ['-D', data, '-w', ...args]);
  const start = () => control('-l', join(folder, 'log'), '-o', options.join(' '), 'start');
  const pidFile = join(data, 'postmaster.pid');
  const endGuard = guard(
    `read -r pid < '${pidFile}' && kill -QUIT "$pid" && pkill -CONT -P "$pid"; kill -CONT "$pid"; rm -rf '${folder}'`,
  );
  let frozen: readonly number[] = [];

  async function freeze(): Promise<void> {
    const [server = Number.NaN] = (await readFile(pidFile, 'utf8')).split('\n').map(Number);
    // The server first, so that it starts no more sessions.
    process.kill(server, 'SIGSTOP');
    const sessions = (await readFile(`/proc/${server}/task/${server}/children`, 'utf8')).trim().split(' ').map(Number);
    for (const session of sessions) process.kill(session, 'SIGSTOP');
    frozen = [...sessions, server];
  }

  async function thaw(): Promise<void> {
    for (const pid of frozen) process.kill(pid, 'SIGCONT');
    frozen = [];
  }

  async function close(): Promise<void> {
    await thaw();
    // It fails when the server is stopped already.
    await control('-m', 'immediate', 'stop').catch(() => {});
    await rm(folder, { recursive: true, force: true });
    endGuard();
  }

  try {
    await giveToOwner(folder);
    await runAsOwner(join(programs, 'initdb'), ['-A', 'trust', '-U', 'postgres', '--no-sync', '-D', data]);
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: (mode) => control('-m', mode, 'stop'),
    start,
    freeze,
    thaw,
    close,
    async version() {
      const { stdout } = await run(join(programs, 'postgres'), ['--version']);
      return stdout.split(' ')[2] ?? stdout;
    },
  };
}

// PostgreSQL refuses to run as root.
const isRoot = process.getuid?.() === 0;

async function giveToOwner(folder: string): Promise<void> {
  if (!isRoot) return;
  const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => run('id', [which, 'postgres'])));
  await chmod(folder, 0o755);
  await chown(folder, Number(uid?.stdout), Number(gid?.stdout));
}

async function runAsOwner(program: string, args: readonly string[]): Promise<void> {
  const [file, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', program, ...args] : [program, ...args];
  await run(file ?? program, rest, { cwd: '/', timeout: 60_000, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } });
}
