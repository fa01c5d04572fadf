import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { freePort } from '../faults/support/freePort.ts';

export interface PgBouncer {
  /** A database of the server behind it, through it. */
  urlOf(serverUrl: string): string;
  close(): Promise<void>;
}

/** Where PGBOUNCER says, Debian's place, and where `brew` and others put it. */
export const pgBouncerProgram = [
  process.env.PGBOUNCER ?? '',
  '/usr/sbin/pgbouncer',
  '/usr/bin/pgbouncer',
  '/usr/local/bin/pgbouncer',
].find(existsSync);

/** PgBouncer in front of the server, with its defaults but for these lines. */
export async function startPgBouncer(serverUrl: string, settings: readonly string[] = []): Promise<PgBouncer> {
  if (pgBouncerProgram === undefined)
    throw new Error('expected pgbouncer; install it (Debian: apt-get install pgbouncer)');
  const server = new URL(serverUrl);
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-pgbouncer-'));
  const port = await freePort();
  await writeFile(join(folder, 'users.txt'), `"${server.username}" ""\n`);
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=${server.hostname} port=${server.port || '5432'}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${folder}/users.txt`,
      ...settings,
      '',
    ].join('\n'),
  );
  await chmod(folder, 0o755);
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const [file = '', ...args] = [
    ...(isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : []),
    pgBouncerProgram,
    join(folder, 'pgbouncer.ini'),
  ];
  const bouncer = spawn(file, args, { stdio: 'ignore', cwd: '/' });
  const exited = once(bouncer, 'exit');
  const urlOf = (url: string) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  async function close(): Promise<void> {
    bouncer.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await until(() => answers(urlOf(serverUrl)));
    return { urlOf, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ECONNREFUSED') return false;
    throw error;
  } finally {
    await client.end();
  }
}
