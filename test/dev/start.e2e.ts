import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';

const start = [process.execPath, '--conditions=source', '--import', 'tsx', 'dev/start.ts'] as const;
const anyPorts = { PORT: '0', USER_POOL_PORT: '0' };
const root = new URL('../..', import.meta.url);

let folder: string;
const running: StartedProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimgraph-start-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((started) => started.stop()));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

function run(
  environment: Readonly<Record<string, string>> = {},
  command: readonly [string, ...string[]] = start,
): StartedProcess {
  const started = startProcess(command, { CLAIMGRAPH_DATA_DIR: folder, ...anyPorts, ...environment });
  running.push(started);
  return started;
}

function urlsOf(line: string): { readonly api: string; readonly pool: string } {
  const [, api = '', pool = ''] =
    /^Ready: API on (http:\/\/localhost:\d+)\/graphql, user pool on (http:\/\/localhost:\d+); /.exec(line) ?? [];
  return { api, pool };
}

async function printToken(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { PATH: process.env.PATH, CLAIMGRAPH_DATA_DIR: folder, ...environment };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', 'dev/token.ts', ...args],
    {
      cwd: root,
      env,
    },
  );
  return stdout.trim();
}

async function ask(api: string, query: string, token?: string): Promise<unknown> {
  const response = await fetch(`${api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

describe('npm start', () => {
  test('serves the API and the user pool, says who can sign in, stops cleanly, and starts again on the same data', async () => {
    const first = run();
    const line = await first.ready;
    expect(first.output.stdout).toBe(`${line}\n`);
    expect(line).toContain(
      'sign in as global-admin, usa-manager, asia-europe-manager, auditor, newcomer, investor-90 (password demo) or reporting-job',
    );
    const { api, pool } = urlsOf(line);
    expect(line).toContain(`; client id investments-spa, issuer ${pool}/local_claimgraph`);
    expect((await fetch(`${api}/health/live`)).status).toBe(200);
    const token = await printToken(['usa-manager']);
    expect(await ask(api, '{ companies { totalCount } }', token)).toEqual({ data: { companies: { totalCount: 2 } } });
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    expect((await stat(join(folder, 'user-pool.json'))).mode & 0o777).toBe(0o600);

    expect(await first.stop()).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(['database', 'user-pool.json']);

    const again = run({ PORT: new URL(api).port, USER_POOL_PORT: new URL(urlsOf(line).pool).port });
    const second = urlsOf(await again.ready);
    expect(second).toEqual(urlsOf(line));
    expect(await ask(second.api, '{ companies { totalCount } }', token)).toEqual({
      data: { companies: { totalCount: 2 } },
    });
  });

  test('finds the business records of its users also when the user pool moves to another port', async () => {
    const moved = run();
    const { api } = urlsOf(await moved.ready);
    const token = await printToken(['investor-90']);
    expect(await ask(api, '{ investor(id: "inv_90") { totalInvestedUsd } }', token)).toEqual({
      data: { investor: { totalInvestedUsd: 12500 } },
    });
  });

  test('with USER_POOL_CONFIG knows the clients and users of that file, and so does the token command', async () => {
    const file = join(folder, 'pool.json');
    const client = { kind: 'user', clientId: 'my-spa', redirectUris: ['http://localhost:*/'] };
    const scopes = { 'investments/read': 'read' };
    const users = [{ username: 'ada', subject: 'subject-1', password: 'secret' }];
    await writeFile(file, JSON.stringify({ clients: [client], users, scopes }));
    const line = await run({ USER_POOL_CONFIG: file }).ready;
    expect(line).toMatch(/\bada\b.*\bmy-spa\b/);
    const token = await printToken(['ada'], { USER_POOL_CONFIG: file });
    const viewer = await ask(urlsOf(line).api, '{ viewer { subject clientId } }', token);
    expect(viewer).toEqual({ data: { viewer: { subject: 'subject-1', clientId: 'my-spa' } } });
    await rm(file);
  });

  test('is stopped with npm itself', async () => {
    const npm = run({}, ['npm', 'start']);
    const { api } = urlsOf(await npm.ready);
    await npm.stop();
    // The output closes when the API process itself has ended.
    expect(npm.output.stderr).toContain('"signal":"SIGTERM","msg":"stopping"');
    await expect(fetch(`${api}/health/live`)).rejects.toThrow();
  });

  test('with USER_POOL_URL uses the user pool of another process', async () => {
    const first = run();
    const { pool } = urlsOf(await first.ready);
    const other = await mkdtemp(join(tmpdir(), 'claimgraph-second-'));
    try {
      const second = run({ CLAIMGRAPH_DATA_DIR: other, USER_POOL_URL: pool.replace('localhost', '127.0.0.1') });
      const line = await second.ready;
      expect(urlsOf(line).pool).toBe(pool);
      const token = await printToken(['auditor']);
      expect(await ask(urlsOf(line).api, '{ companies { totalCount } }', token)).toEqual({
        data: { companies: { totalCount: 4 } },
      });
      expect(await second.stop()).toBe(0);
    } finally {
      await rm(other, { recursive: true });
    }
  });
});

describe('npm start refuses', () => {
  test.each([
    ['NODE_ENV=production', { NODE_ENV: 'production' }, 'AUTH_MODE'],
    ['a public address', { HOST: '0.0.0.0' }, 'HOST'],
    ['AWS Lambda', { AWS_LAMBDA_FUNCTION_NAME: 'api' }, 'AWS_LAMBDA_FUNCTION_NAME'],
    ['Amazon ECS', { ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4' }, 'ECS_CONTAINER_METADATA_URI_V4'],
    ['Kubernetes', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'KUBERNETES_SERVICE_HOST'],
    ['a Cognito setting beside the local pool', { COGNITO_REGION: 'eu-west-1' }, 'COGNITO_REGION'],
  ])('the local user pool with %s, and says why', async (_name, environment, variable) => {
    const refused = run(environment);
    expect(await refused.exited).toBe(1);
    expect(refused.output.stdout).toBe('');
    expect(refused.output.stderr).toContain(variable);
    expect(refused.output.stderr).not.toContain('    at ');
  });

  test('a port that is taken, and lets go of everything it had opened', async () => {
    const taken = createServer();
    taken.listen(0, 'localhost');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      const refused = run({ PORT: String(port) });
      expect(await refused.exited).toBe(1);
      expect(refused.output.stderr).toMatch(new RegExp(`^PORT: .*\\b${port}\\b`, 'm'));
      expect((await readdir(folder)).sort()).toEqual(['database', 'user-pool.json']);
    } finally {
      taken.close();
    }
  });

  test('a PostgreSQL server that does not answer, and says why', async () => {
    const refused = run({ DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/nothing' });
    expect(await refused.exited).toBe(1);
    expect(refused.output.stderr).toMatch(/^[^\n]*\bECONNREFUSED 127\.0\.0\.1:1\b/);
    expect(refused.output.stderr).toContain('DATABASE_URL');
    expect(refused.output.stderr).not.toContain('    at ');
    expect(refused.output.stderr).not.toContain('hidden');
  });

  test('a database folder that another process has open', async () => {
    const first = run();
    await first.ready;
    const other = run({ USER_POOL_URL: urlsOf(await first.ready).pool });
    expect(await other.exited).toBe(1);
    expect(other.output.stderr).toContain('database');
    expect(other.output.stderr).not.toContain('    at ');
  });
});

describe('the production entry', () => {
  test('refuses to run with the local user pool', async () => {
    const refused = run({}, [process.execPath, '--conditions=source', '--import', 'tsx', 'src/main.ts']);
    expect(await refused.exited).toBe(1);
    expect(refused.output.stderr).toMatch(/^AUTH_MODE: .*\bcognito\b.*\blocal\b/m);
  });
});
