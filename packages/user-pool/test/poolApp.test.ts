import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { demoUsers } from '../../../dev/demoUsers.ts';
import { locationOf, startTestPool, type TestPool } from '../../../test/support/localPool.ts';

let pool: TestPool;
let port: string;
beforeAll(async () => {
  pool = await startTestPool();
  port = new URL(pool.url).port;
});
afterAll(() => pool.close());

const jwksPath = '/local_claimgraph/.well-known/jwks.json';

/** The answer to a request with this very Host header, which fetch would not send. */
function askWithHost(to: string, host: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: to, path, headers: { host } }, resolve).on('error', reject).end();
  });
}

async function statusWithHost(host: string, path = jwksPath): Promise<number | undefined> {
  const response = await askWithHost(port, host, path);
  response.resume();
  return response.statusCode;
}

async function bodyWithHost(to: string, host: string, path = jwksPath): Promise<string> {
  return text(await askWithHost(to, host, path));
}

function preflight(path: string, origin: string): Promise<Response> {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization',
  };
  return fetch(`${pool.url}${path}`, { method: 'OPTIONS', headers });
}

describe('the well-known documents', () => {
  test('are a key set of two RSA keys, without their private halves, each under its RFC 7638 thumbprint', async () => {
    const response = await fetch(`${pool.issuer}/.well-known/jwks.json`);
    const key = z.strictObject({
      alg: z.literal('RS256'),
      e: z.literal('AQAB'),
      kid: z.string(),
      kty: z.literal('RSA'),
      n: z.string().length(342),
      use: z.literal('sig'),
    });
    const { keys } = z.strictObject({ keys: z.tuple([key, key]) }).parse(await response.json());
    const thumbprints = await Promise.all(keys.map((jwk) => calculateJwkThumbprint(jwk)));
    expect(keys.map(({ kid }) => kid)).toEqual(thumbprints);
    expect(new Set(thumbprints).size).toBe(2);
  });

  test("are a discovery document with the members that Cognito's has", async () => {
    const response = await fetch(`${pool.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toEqual({
      authorization_endpoint: `${pool.url}/oauth2/authorize`,
      end_session_endpoint: `${pool.url}/logout`,
      id_token_signing_alg_values_supported: ['RS256'],
      issuer: pool.issuer,
      jwks_uri: `${pool.issuer}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      revocation_endpoint: `${pool.url}/oauth2/revoke`,
      scopes_supported: ['openid', 'email', 'phone', 'profile'],
      subject_types_supported: ['public'],
      token_endpoint: `${pool.url}/oauth2/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      userinfo_endpoint: `${pool.url}/oauth2/userInfo`,
    });
  });

  test.each(['/.well-known/jwks.json', '/other_pool/.well-known/jwks.json'])('are not at %s', async (path) => {
    expect((await fetch(`${pool.url}${path}`)).status).toBe(404);
  });
});

describe('the Host header', () => {
  test.each(['localhost', '127.0.0.1', '[::1]', 'LocalHost'])('may name %s with the port', async (name) => {
    expect(await statusWithHost(`${name}:${port}`)).toBe(200);
  });

  test.each([
    ['another name', () => `evil.example:${port}`],
    ['another name without a port', () => 'evil.example'],
    ['a name that starts alike', () => `localhost.evil.example:${port}`],
    ['a name that ends alike', () => `evil-localhost:${port}`],
    ['user info', () => `localhost:${port}@evil.example`],
    ['another port', () => 'localhost:1'],
    ['no port', () => 'localhost'],
    ['a trailing dot', () => `localhost.:${port}`],
    ['all addresses', () => `0.0.0.0:${port}`],
  ])('must not name %s (DNS rebinding)', async (_, host) => {
    expect(await statusWithHost(host())).toBe(421);
    expect(await statusWithHost(host(), '/oauth2/authorize')).toBe(421);
  });
});

describe('an emulator, whose host name the pool was told of,', () => {
  let emulated: TestPool;
  beforeAll(async () => {
    emulated = await startTestPool({ hosts: ['10.0.2.2'] });
  });
  afterAll(() => emulated.close());

  test('finds the endpoints by that name, and the issuer by its one name', async () => {
    const { port: own } = new URL(emulated.url);
    const body = await bodyWithHost(own, `10.0.2.2:${own}`, '/local_claimgraph/.well-known/openid-configuration');
    expect(JSON.parse(body)).toMatchObject({
      issuer: emulated.issuer,
      authorization_endpoint: `http://10.0.2.2:${own}/oauth2/authorize`,
      jwks_uri: `http://10.0.2.2:${own}/local_claimgraph/.well-known/jwks.json`,
    });
    expect(await bodyWithHost(own, `10.0.2.3:${own}`)).toContain('--host');
  });
});

describe('a page of another origin', () => {
  const spa = 'http://localhost:5173';

  test.each(['jwks.json', 'openid-configuration'])('may read %s', async (document) => {
    const response = await fetch(`${pool.issuer}/.well-known/${document}`, {
      headers: { origin: 'https://any.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test.each(['/oauth2/token', '/oauth2/revoke', '/oauth2/userInfo'])('may use %s when registered', async (path) => {
    const response = await preflight(path, spa);
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe(spa);
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type, x-amz-user-agent');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await fetch(`${pool.url}${path}`, {
      method: path.endsWith('userInfo') ? 'GET' : 'POST',
      headers: { origin: spa },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe(spa);
  });

  test.each(['/oauth2/token', '/oauth2/revoke', '/oauth2/userInfo'])(
    'must not read %s when not registered',
    async (path) => {
      for (const origin of ['https://evil.example', 'http://localhost.evil.example:3000', 'http://192.0.2.7', 'null']) {
        expect((await preflight(path, origin)).headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  test.each(['http://localhost:4200', 'http://127.0.0.1:8081', 'capacitor://localhost'])(
    'on %s may use the endpoints: its address is registered',
    async (origin) => {
      const response = await preflight('/oauth2/token', origin);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('vary')).toMatch(/origin/i);
    },
  );

  test.each(['/oauth2/authorize', '/login', '/logout'])('must not read %s at all', async (path) => {
    const response = await fetch(`${pool.url}${path}`, { headers: { origin: spa } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect((await preflight(path, spa)).status).toBe(404);
  });
});

describe('the page at /', () => {
  test('tells what a client has to know: addresses, clients, users, and where they stand', async () => {
    const response = await fetch(pool.url);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = (await response.text()).replaceAll(/<[^>]*>/g, ' ');
    for (const fact of [
      ...[pool.issuer, 'local_claimgraph', `${pool.issuer}/.well-known/openid-configuration`],
      ...['authorize', 'token', 'userInfo', 'revoke'].map((name) => `${pool.url}/oauth2/${name}`),
      ...[`${pool.url}/logout`, 'investments-spa', 'reporting-job', 'reporting-job-demo-secret'],
      ...['http://localhost:*/callback', 'com.example.app:/callback', 'com.example.app:/signed-out'],
      ...demoUsers.flatMap(({ username, subject, name }) => [username, subject, name]),
      ...['dev/demoPool.ts', '--https-port'],
    ]) {
      expect(page).toContain(fact);
    }
  });
});

test.each([
  ['GET', '/nowhere'],
  ['GET', '/.well-known/openid-configuration'],
  ['POST', '/oauth2/authorize'],
  ['DELETE', '/'],
])('%s %s is nowhere, in the one shape that errors have', async (method, path) => {
  const response = await fetch(`${pool.url}${path}`, { method });
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 404,
    body: { error: 'not_found', error_description: expect.any(String) },
  });
});

describe('logout', () => {
  const logout = (parameters: Readonly<Record<string, string>>) =>
    fetch(`${pool.url}/logout?${new URLSearchParams(parameters)}`, { redirect: 'manual' });

  test('goes back to a registered address', async () => {
    const response = await logout({ client_id: 'investments-spa', logout_uri: 'http://localhost:5173/' });
    expect(response.status).toBe(302);
    expect(locationOf(response, pool.url).href).toBe('http://localhost:5173/');
  });

  test.each([
    [{ client_id: 'investments-spa', logout_uri: 'https://evil.example/' }],
    [{ client_id: 'investments-spa', logout_uri: 'http://localhost:5173/evil' }],
    [{ client_id: 'investments-spa' }],
    [{ client_id: 'reporting-job', logout_uri: 'http://localhost:5173/' }],
    [{ logout_uri: 'http://localhost:5173/' }],
  ])('goes nowhere with %j', async (parameters) => {
    const response = await logout(parameters);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(await response.text()).not.toContain('evil');
  });
});
