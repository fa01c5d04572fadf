import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueAccessToken, signWithRsa, testKey } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { type JwksServer, startJwksServer } from '../../packages/claimgraph/test/support/jwksServer.ts';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import { freePort } from '../faults/support/freePort.ts';
import { testBackend } from '../support/testDatabase.ts';

if (testBackend === 'embedded') process.stdout.write('skipped without DATABASE_URL: the production entry\n');

const otherIssuer = { issuer: 'https://id.library.example/', audience: 'investments-api' };

// As a Service of Kubernetes has it beside the process.
const injected = { CLAIMGRAPH_SERVICE_HOST: '10.0.0.1', CLAIMGRAPH_PORT: 'tcp://10.0.0.1:80' };

describe.runIf(testBackend === 'postgres')('the production entry, without AWS,', () => {
  const name = `claimgraph_production_${randomUUID().replaceAll('-', '')}`;
  const server = process.env.DATABASE_URL ?? '';
  let jwks: JwksServer;
  let api: StartedProcess;
  let url: string;

  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };

  beforeAll(async () => {
    await onServer(`create database ${name}`);
    jwks = await startJwksServer({ kind: 'keys', keys: [(await testKey()).jwk] });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    api = startProcess([process.execPath, '--conditions=source', '--import', 'tsx', 'src/main.ts'], {
      ...injected,
      NODE_ENV: 'production',
      AUTH_MODE: 'cognito',
      HOST: '127.0.0.1',
      PORT: String(port),
      DRAIN_SECONDS: '1',
      DATABASE_URL: Object.assign(new URL(server), { pathname: `/${name}` }).href,
      COGNITO_REGION: 'eu-west-1',
      COGNITO_USER_POOL_ID: 'eu-west-1_ClaimTest',
      COGNITO_USER_CLIENT_IDS: 'spa1',
      COGNITO_CLIENT_SCOPES: 'spa1=investments/read',
      COGNITO_ISSUER_FORM: 'both',
      COGNITO_JWKS_URI: jwks.jwksUri,
      TOKEN_ISSUERS: JSON.stringify([
        { ...otherIssuer, jwksUri: jwks.jwksUri, userClientIds: ['library-web'], machineClientIds: [] },
      ]),
    });
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
    await api.stop('SIGKILL');
    await jwks.close();
    await onServer(`drop database if exists ${name} with (force)`);
  });

  const ask = async (claims: Readonly<Record<string, unknown>>) =>
    send(await issueAccessToken({ client_id: 'spa1', scope: 'aws.cognito.signin.user.admin', ...claims }));
  const send = async (token: string) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query: '{ viewer { subject impliedScopes } }' });
    const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.json() };
  };

  test('answers whoever has a token of the pool, in either form of its issuer', async () => {
    for (const iss of ['cognito-idp', 'issuer-cognito-idp']) {
      expect(await ask({ sub: 'ann', iss: `https://${iss}.eu-west-1.amazonaws.com/eu-west-1_ClaimTest` })).toEqual({
        status: 200,
        body: { data: { viewer: { subject: 'ann', impliedScopes: ['investments/read'] } } },
      });
    }
    expect((await ask({ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other' })).status).toBe(401);
  });

  test('answers whoever has a token of the other issuer, for this API', async () => {
    const now = Math.floor(Date.now() / 1000);
    const key = await testKey();
    const tokenFor = (aud: string) => {
      const claims = { iss: otherIssuer.issuer, sub: 'ada', client_id: 'library-web', scope: 'investments/read', aud };
      const times = { iat: now, exp: now + 600, auth_time: now };
      return signWithRsa({ kid: key.kid, alg: 'RS256', typ: 'at+jwt' }, { ...claims, ...times }, key);
    };
    expect(await send(tokenFor(otherIssuer.audience))).toEqual({
      status: 200,
      body: { data: { viewer: { subject: 'ada', impliedScopes: [] } } },
    });
    expect((await send(tokenFor('another-api'))).status).toBe(401);
  });

  test('says in the log that the keys are not those of Cognito, and logs nothing but JSON', () => {
    const lines = api.output.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, jwksUri: jwks.jwksUri }));
  });

  test('drains on SIGTERM, and then ends', async () => {
    const stopped = api.stop();
    await until(async () => (await fetch(`${url}/health/ready`)).status === 503);
    expect((await ask({ sub: 'ann' })).status).toBe(200);
    expect(await stopped).toBe(0);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });
});
