import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueAccessToken, testKey } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { type JwksServer, startJwksServer } from '../../packages/claimgraph/test/support/jwksServer.ts';
import { runCommand } from '../../packages/claimgraph/test/support/runCommand.ts';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { freePort } from '../faults/support/freePort.ts';
import { type PostgresServer, startPostgres } from '../faults/support/startPostgres.ts';
import { type BuiltImage, buildImage } from './support/dockerfile.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

let image: BuiltImage;
let files: readonly string[];
let postgres: PostgresServer;
let jwks: JwksServer;
let url: string;
let environment: Readonly<Record<string, string>>;
let api: StartedProcess;

const filesOf = async (folder: string) => (await readdir(folder, { recursive: true })).toSorted();
const healthCheck = async () => {
  const [node = '', ...args] = image.healthCheck;
  return runCommand(`'${node}' ${args.join(' ')}`, image.workdir, environment);
};

beforeAll(async () => {
  [image, postgres] = await Promise.all([buildImage(root, join(root, 'infra/container/Dockerfile')), startPostgres()]);
  files = await filesOf(image.workdir);
  jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  environment = {
    ...image.environment,
    AUTH_MODE: 'cognito',
    HOST: '127.0.0.1',
    PORT: String(port),
    DRAIN_SECONDS: '0',
    DATABASE_URL: postgres.url,
    RESOURCE_URL: 'https://api.example/graphql',
    COGNITO_REGION: 'eu-west-1',
    COGNITO_USER_POOL_ID: 'eu-west-1_ClaimTest',
    COGNITO_USER_CLIENT_IDS: 'spa1',
    COGNITO_JWKS_URI: jwks.jwksUri,
  };
  const [node, ...args] = image.command;
  if (node === undefined) throw new Error('expected CMD to have a program; got none');
  api = startProcess([node, ...args], environment, image.workdir);
  const isReady = () =>
    fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await Promise.race([
    until(isReady),
    api.exited.then((code) => Promise.reject(new Error(`${code} ${api.output.stderr}`))),
  ]);
});

afterAll(async () => {
  await api?.stop('SIGKILL');
  await jwks?.close();
  await postgres?.close();
  await image?.remove();
});

test('it has what production needs and nothing else: no sources, no development, no embedded database', async () => {
  const top = new Set(files.map((file) => file.split('/', 1)[0]));
  expect([...top]).toEqual(['dist', 'healthCheck.mjs', 'node_modules', 'package.json', 'packages', 'schema']);
  const own = files.filter((file) => !file.startsWith('node_modules/'));
  expect(own.filter((file) => /(?<!\.d)\.ts$|(^|\/)(test|dev|src)(\/|$)/.test(file))).toEqual([]);
  const manifestOf = async (path: string) => JSON.parse(await readFile(join(root, path), 'utf8'));
  const { devDependencies } = await manifestOf('package.json');
  // npm also installs the optional peers of the engine that the lock has, with which an application may read its claims, and
  // what other workspaces of the lock need.
  const engine = await manifestOf('packages/claimgraph/package.json');
  const userPool = await manifestOf('packages/user-pool/package.json');
  const wanted = { ...engine.dependencies, ...engine.peerDependencies, ...userPool.dependencies };
  const installed = new Set(files.filter((file) => file.startsWith('node_modules/')));
  const development = Object.keys(devDependencies).filter(
    (name) => installed.has(`node_modules/${name}`) && !(name in wanted),
  );
  expect(development).toEqual([]);
  // The link of the workspace leads to the copy in the image.
  const linked = await realpath(join(image.workdir, 'node_modules/claimgraph'));
  expect(linked).toBe(await realpath(join(image.workdir, 'packages/claimgraph')));
});

test('it is no root, and its health check asks the process', async () => {
  expect(image.user).toBe('1000');
  expect((await healthCheck()).code).toBe(0);
});

test('it answers a caller with a token of the user pool, and refuses who has none', async () => {
  const ask = async (headers: Readonly<Record<string, string>>) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: '{ viewer { clientId } companies { totalCount } }' }),
    });
    return { status: response.status, body: await response.json() };
  };
  const token = await issueAccessToken({ client_id: 'spa1' });
  expect(await ask({ authorization: `Bearer ${token}` })).toMatchObject({
    status: 200,
    body: { data: { viewer: { clientId: 'spa1' }, companies: { totalCount: 0 } } },
  });
  const unauthenticated = { extensions: { code: 'UNAUTHENTICATED' } };
  expect(await ask({})).toMatchObject({ status: 401, body: { errors: [unauthenticated, unauthenticated] } });
});

test('it has written nothing to its file system, stops at SIGTERM, and then is not healthy', async () => {
  expect(await filesOf(image.workdir)).toEqual(files);
  expect(await api.stop()).toBe(0);
  expect((await healthCheck()).code).toBe(1);
});
