import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { startApi } from '../support/api.ts';

test('a process that is to stop says so first, answers whoever still comes, and then closes', async () => {
  const api = await startApi({ drainSeconds: 1 });
  const agent = new Agent({ keepAlive: true });
  const token = await api.tokenOf('usa-manager');
  const get = async (path: string) => {
    const asked = request(`${api.url}${path}`, { agent, headers: { authorization: `Bearer ${token}` } });
    asked.end();
    const [response] = await once(asked, 'response');
    response.resume();
    await once(response, 'end');
    return { status: response.statusCode, connection: response.headers.connection };
  };
  const viewer = `/graphql?query=${encodeURIComponent('{ viewer { title } }')}`;
  const ask = () => api.query('{ viewer { title } }', { as: 'usa-manager' });
  await until(async () => (await get('/health/ready')).status === 200);
  expect(await get('/health/live')).toEqual({ status: 200, connection: 'keep-alive' });

  // A request that is under way: it waits for the lock.
  let unlock = () => {};
  let isLocked = false;
  const held = api.database.db.transaction().execute(async (transaction) => {
    await sql`lock table companies in access exclusive mode`.execute(transaction);
    isLocked = true;
    await new Promise<void>((resolve) => (unlock = resolve));
  });
  await until(() => isLocked);
  const underWay = api.query('{ companies { totalCount } }', { as: 'usa-manager' });
  const closed = api.server.close();
  expect(await get('/health/ready')).toEqual({ status: 503, connection: 'close' });
  expect(await get('/health/live')).toEqual({ status: 200, connection: 'close' });
  unlock();
  await held;
  expect((await underWay).body).toEqual({ data: { companies: { totalCount: 2 } } });
  expect(await get(viewer)).toMatchObject({ connection: 'close' });
  expect((await ask()).status).toBe(200);
  await closed;
  await expect(get('/health/live')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  agent.destroy();
  await api.close();
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-production-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('SIGTERM to npm run start:production ends the process itself', async () => {
  const manifest = await readFile(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
  const { scripts } = JSON.parse(manifest);
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }));
  // In place of the build: it says who it is, and how it was told to stop.
  const main = `process.once('SIGTERM', () => { process.stdout.write('stopped'); process.exit(); });
    setInterval(() => {}, 1000);
    process.stdout.write('Ready ' + process.pid + '\\n');`;
  await writeFile(join(folder, 'dist', 'main.js'), main);
  const npm = startProcess(['npm', 'run', '--silent', 'start:production'], {}, folder);
  const pid = Number(/\d+/.exec(await npm.ready)?.[0]);
  await npm.stop();
  const isGone = () => !isAlive(pid);
  const ended = isGone();
  // Not to be left behind by a test that fails.
  if (!ended) process.kill(pid, 'SIGKILL');
  expect(npm.output.stdout).toMatch(/stopped$/);
  expect(ended).toBe(true);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
