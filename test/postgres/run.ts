import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { freePort } from '../faults/support/freePort.ts';

/**
 * `npm run test:postgres [-- VERSION…]`: what of the tests needs PostgreSQL, against each major version from the oldest that
 * a start accepts to the newest, one after the other. The servers are those of `package.json` beside this file.
 */
const versions = ['13', '14', '15', '16', '17', '18'];
const suites = [
  'test/data',
  'test/api/dataUnavailable.integration.ts',
  'test/api/transactions.integration.ts',
  'test/api/issuerForms.integration.ts',
];

/** PostgreSQL refuses to run as root. */
const isRoot = process.getuid?.() === 0;

const root = fileURLToPath(new URL('../..', import.meta.url));

const asked = process.argv.slice(2);
const unknown = asked.filter((version) => !versions.includes(version));
if (unknown.length > 0) throw new Error(`expected versions of ${versions.join(', ')}; got ${unknown.join(', ')}`);

const outcomes: { readonly version: string; readonly server: string; readonly code: unknown }[] = [];
for (const version of asked.length > 0 ? asked : versions) outcomes.push({ version, ...(await tryVersion(version)) });
for (const { version, server, code } of outcomes) {
  process.stdout.write(`PostgreSQL ${version} (${server}): ${code === 0 ? 'passed' : 'FAILED'}\n`);
}
process.exitCode = outcomes.every(({ code }) => code === 0) ? 0 : 1;

async function tryVersion(version: string): Promise<{ readonly server: string; readonly code: unknown }> {
  const server = await startServer(join(root, `test/postgres/node_modules/postgres${version}/native`));
  try {
    const runner = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.integration.config.ts'];
    const tests = spawn(process.execPath, [...runner, '--maxWorkers=1', ...suites], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: server.url },
      stdio: 'inherit',
    });
    const [code] = await once(tests, 'exit');
    return { server: await server.version(), code };
  } finally {
    await server.stop();
  }
}

async function startServer(native: string) {
  if (!existsSync(native)) throw new Error(`expected ${native}: run npm ci --prefix test/postgres`);
  const folder = await mkdtemp(join(tmpdir(), 'claimgraph-postgres-'));
  const data = join(folder, 'data');
  await giveAway(folder);
  const initdb = asServer(join(native, 'bin/initdb'), [
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ]);
  await promisify(execFile)(initdb.file, initdb.args, { cwd: '/' });
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`, 'fsync=off'];
  const { file, args } = asServer(join(native, 'bin/postgres'), [
    '-D',
    data,
    ...settings.flatMap((one) => ['-c', one]),
  ]);
  const server = spawn(file, args, { cwd: '/', stdio: 'ignore' });
  const exited = once(server, 'exit');
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until(() => versionOf(url).then(Boolean, () => false));
  return {
    url,
    version: () => versionOf(url),
    async stop() {
      // Fast shutdown: whoever is still connected is sent away.
      server.kill('SIGINT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function asServer(program: string, args: readonly string[]) {
  const prefix = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];
  const [file = '', ...rest] = [...prefix, program, ...args];
  return { file, args: rest };
}

async function giveAway(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  if (!isRoot) return;
  const id = promisify(execFile);
  const [user, group] = await Promise.all([id('id', ['-u', 'postgres']), id('id', ['-g', 'postgres'])]);
  await chown(folder, Number(user.stdout), Number(group.stdout));
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('show server_version');
    return rows[0].server_version;
  } finally {
    await client.end();
  }
}
