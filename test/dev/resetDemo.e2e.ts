import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';

const node = [process.execPath, '--conditions=source', '--import', 'tsx'] as const;

let folder: string;
const running: StartedProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-reset-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.stop()));
  await rm(folder, { recursive: true });
});

function run(command: readonly [string, ...string[]], environment: Readonly<Record<string, string>> = {}) {
  const settings = { CLAIMGRAPH_DATA_DIR: folder, PORT: '0', USER_POOL_PORT: '0', ...environment };
  const started = startProcess(command, settings);
  running.push(started);
  return started;
}

const reset = (environment?: Readonly<Record<string, string>>) =>
  run(['npm', 'run', '--silent', 'demo:reset'], environment);

test('npm run demo:reset takes the database away, keeps the pool, and waits for nobody', async () => {
  const api = run([...node, 'dev/start.ts']);
  const line = await api.ready;
  const page = await fetch(/http:\/\/localhost:\d+\/graphql/.exec(line)?.[0] ?? '', {
    headers: { accept: 'text/html' },
  });
  expect([new URL(page.url).pathname, page.headers.get('content-type')]).toEqual(['/', 'text/html; charset=utf-8']);
  const refused = reset();
  expect(await refused.exited).toBe(1);
  expect(refused.output.stderr).toMatch(/\bprocess \d+/);
  expect(existsSync(join(folder, 'database'))).toBe(true);

  await api.stop();
  const files = await readdir(folder);
  const done = reset();
  expect(await done.exited).toBe(0);
  expect(done.output.stdout).toContain(join(folder, 'database'));
  expect(await readdir(folder)).toEqual(files.filter((name) => name !== 'database'));
  const again = reset();
  expect(await again.exited).toBe(0);
}, 180_000);

test('it empties no other database', async () => {
  const other = reset({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
  expect(await other.exited).toBe(1);
  expect(other.output.stderr).toMatch(/^demo:reset: .*\bDATABASE_URL\b/);
}, 60_000);
