import { readFileSync } from 'node:fs';
import { createGuardedSchema, requireScope, UnauthenticatedError } from 'claimgraph';
import { afterEach, describe, expect, test } from 'vitest';
import { takeRefusedAttempts } from '../../packages/claimgraph/test/support/closedNetwork.ts';
import { readBlocks } from '../../packages/claimgraph/test/support/docPage.ts';
import { signWithRsa, testKey } from '../../packages/claimgraph/test/support/issueAccessToken.ts';
import { startJwksServer } from '../../packages/claimgraph/test/support/jwksServer.ts';
import { captureError } from '../../packages/claimgraph/test/token/captureError.ts';
import { issuerShapes } from '../../packages/claimgraph/test/token/issuerShapes.ts';
import { auth0 } from './otherIssuers/auth0.ts';
import { entra } from './otherIssuers/entra.ts';
import { callers, verifier } from './otherIssuers/guard.ts';
import { keycloak } from './otherIssuers/keycloak.ts';
import { okta } from './otherIssuers/okta.ts';
import { createServer } from './otherIssuers/server.ts';
import { createVerifyToken } from './otherIssuers/verifyToken.ts';

// The code of docs/other-issuers.md stands in files that are compiled and run.

const files = readBlocks('other-issuers.md').filter(({ label }) => label.endsWith('.ts'));
const stop: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of stop.splice(0)) await end();
});

test('the page has code in files', () => {
  expect(files.map(({ label }) => label)).toEqual([
    ...['auth0.ts', 'okta.ts', 'entra.ts', 'keycloak.ts', 'server.ts', 'guard.ts', 'verifyToken.ts'],
  ]);
});

test.each(files.map(({ label, text }) => [label, text]))('the page shows %s as it is', (name, text) => {
  expect(text).toBe(readFileSync(new URL(`otherIssuers/${name}`, import.meta.url), 'utf8'));
});

test.each([
  ['Auth0', auth0],
  ['Okta', okta],
  ['Entra', entra],
  ['Keycloak', keycloak],
])('the settings for %s are those that its tokens are tested with', (name, settings) => {
  expect(settings).toEqual(issuerShapes.find((shape) => shape.name === name)?.settings);
});

const now = () => Math.floor(Date.now() / 1000);

async function tokenOf(name: string): Promise<string> {
  const shape = issuerShapes.find((candidate) => candidate.name === name);
  if (!shape) throw new RangeError(`no shape named ${name}`);
  const key = await testKey(name);
  return signWithRsa({ kid: key.kid, alg: 'RS256', ...shape.header }, shape.userClaims(now()), key);
}

/** No issuer can be reached from here. */
test('the server lets nobody in whose token it cannot check', async () => {
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { motto: String }'],
    resolvers: {},
    permissions: { Query: { motto: requireScope('library/read') } },
  });
  const server = await createServer(guarded, { fetchClaims: async () => new Map() });
  stop.push(() => server.close());
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const ask = async (token: string) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query":"{ motto }"}',
    });
    return { status: response.status, code: JSON.parse(await response.text()).errors[0].extensions.code };
  };
  const unavailable = { status: 503, code: 'AUTHENTICATION_UNAVAILABLE' };
  expect(await ask(await tokenOf('Auth0'))).toEqual(unavailable);
  expect(await ask(await tokenOf('Keycloak'))).toEqual(unavailable);
  expect(await ask(await tokenOf('Okta'))).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  const issuers = ['a connection to library.eu.auth0.com:443', 'a connection to id.library.example:443'];
  expect(takeRefusedAttempts()).toEqual(issuers);
});

test('the verifier of the guard is one for that issuer', async () => {
  stop.push(() => verifier.close());
  await verifier.start();
  expect(takeRefusedAttempts()).toEqual(['a connection to library.okta.com:443']);
  expect(await captureError(async () => callers.verifyToken(await tokenOf('Okta')))).toMatchObject({
    code: 'AUTHENTICATION_UNAVAILABLE',
  });
  expect(await captureError(async () => callers.verifyToken(await tokenOf('Entra')))).toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});

describe('the verifier of one’s own', () => {
  async function open() {
    const key = await testKey();
    const server = await startJwksServer({ kind: 'keys', keys: [{ ...key.jwk }] });
    stop.push(() => server.close());
    const issuer = server.jwksUri.replace('/.well-known/jwks.json', '');
    const claims = {
      ...{ iss: issuer, sub: 'ada', aud: 'library-api', client_id: 'library-web', scope: 'library/read' },
      ...{ iat: now() - 60, exp: now() + 600, auth_time: now() - 300 },
    };
    const sign = (change: object = {}, header: object = {}, name?: string) =>
      testKey(name).then((signing) =>
        signWithRsa({ kid: key.kid, alg: 'RS256', typ: 'at+jwt', ...header }, { ...claims, ...change }, signing),
      );
    return { issuer, server, sign, verify: createVerifyToken(issuer) };
  }

  test('makes principals', async () => {
    const { issuer, sign, verify } = await open();
    const scopes = new Set(['library/read']);
    expect(await verify(await sign())).toMatchObject({ kind: 'user', issuer, subject: 'ada', scopes });
    const machine = await sign({ client_id: 'library-reports', sub: 'anything' });
    expect(await verify(machine)).toMatchObject({ kind: 'machine', subject: 'library-reports', scopes });
  });

  test.each<readonly [string, object, object, string | undefined, 'invalid' | 'expired']>([
    ['another audience', { aud: 'other' }, {}, undefined, 'invalid'],
    ['another issuer', { iss: 'https://other.example' }, {}, undefined, 'invalid'],
    ['another client', { client_id: 'other' }, {}, undefined, 'invalid'],
    ['no subject', { sub: undefined }, {}, undefined, 'invalid'],
    ['the type of an ID token', {}, { typ: 'JWT' }, undefined, 'invalid'],
    ['an attacker’s key', {}, {}, 'attacker', 'invalid'],
    ['an unknown key', {}, { kid: 'other' }, undefined, 'invalid'],
    ['no exp', { exp: undefined }, {}, undefined, 'invalid'],
    ['its time over', { exp: now() - 10 }, {}, undefined, 'expired'],
  ])('refuses a token with %s', async (_what, claims, header, key, reason) => {
    const { sign, verify } = await open();
    const error = await captureError(async () => verify(await sign(claims, header, key)));
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect(error).toMatchObject({ reason });
  });

  test.each([
    ['fails', { kind: 'status', status: 500 } as const],
    ['gives no keys', { kind: 'body', body: '{}' } as const],
    ['gives no JSON', { kind: 'body', body: '<html>' } as const],
  ])('says nothing of a token while its issuer %s', async (_what, answer) => {
    const { server, sign, verify } = await open();
    server.answer(answer);
    const error = await captureError(async () => verify(await sign()));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(UnauthenticatedError);
  });
});
