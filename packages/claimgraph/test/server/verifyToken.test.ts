import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { AuthenticationUnavailableError, ConfigurationError, UnauthenticatedError } from '../../src/errors.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { requireScope } from '../../src/rules/index.ts';
import { createGraphqlServer, type GraphqlServer, type GraphqlServerOptions } from '../../src/server/graphqlServer.ts';
import { createPrincipal } from '../../src/token/createPrincipal.ts';
import type { Principal } from '../../src/token/principal.ts';
import { captureError } from '../token/captureError.ts';

const servers: GraphqlServer<unknown>[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

async function serve(verifyToken: (token: string) => Promise<Principal>) {
  const lines: string[] = [];
  let calls = 0;
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { motto: String }'],
    resolvers: {
      Query: {
        motto() {
          calls += 1;
          return 'silence';
        },
      },
    },
    permissions: { Query: { motto: requireScope('library/read') } },
  });
  const server = await createGraphqlServer({
    guarded,
    verifyToken,
    claims: { source: { fetchClaims: async () => new Map() } },
    logger: pino({ level: 'info' }, { write: (line: string) => lines.push(line) }),
  });
  servers.push(server);
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    lines,
    calls: () => calls,
    async ask(token?: string) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query: '{ motto }' }),
      });
      const { data, errors } = JSON.parse(await response.text());
      return { status: response.status, headers: response.headers, data, extensions: errors?.[0]?.extensions };
    },
  };
}

const ada = () =>
  createPrincipal({
    kind: 'user',
    issuer: 'https://id.example.com/',
    subject: 'ada',
    clientId: 'spa',
    scopes: 'library/read',
    authTime: 1_800_000_000,
    issuedAt: 1_800_000_000,
    expiresAt: 4_000_000_000,
  });

test('a server asks a verifier of one’s own, and nobody about no token', async () => {
  const asked: string[] = [];
  const { ask, url } = await serve(async (token) => {
    asked.push(token);
    return ada();
  });
  expect(await ask('opaque-1')).toMatchObject({ status: 200, data: { motto: 'silence' } });
  expect(await ask()).toMatchObject({ extensions: { code: 'UNAUTHENTICATED', reason: 'missing' } });
  expect(asked).toEqual(['opaque-1']);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
});

test.each<readonly [string, () => unknown, number, object]>([
  ['an expired token', () => new UnauthenticatedError('expired', 'late'), 401, { reason: 'expired' }],
  ['a token of nobody', () => new UnauthenticatedError('invalid', 'no'), 401, { reason: 'invalid' }],
  [
    'an outage that says it is one',
    () => new AuthenticationUnavailableError('down', { retryAfterSeconds: 7 }),
    503,
    { code: 'AUTHENTICATION_UNAVAILABLE', retryable: true },
  ],
  ['an error of another library', () => new TypeError('fetch failed'), 503, { code: 'AUTHENTICATION_UNAVAILABLE' }],
  ['what is no error', () => 'no', 503, { code: 'AUTHENTICATION_UNAVAILABLE' }],
])('%s answers the request', async (_what, makeError, status, extensions) => {
  const { ask, calls, lines } = await serve(async () => {
    throw makeError();
  });
  const answer = await ask('a-secret-token');
  expect(answer).toMatchObject({ status, extensions });
  expect(answer.data?.motto ?? null).toBeNull();
  expect(answer.headers.has(status === 401 ? 'www-authenticate' : 'retry-after')).toBe(true);
  expect(calls()).toBe(0);
  expect(lines.join('')).not.toContain('a-secret-token');
});

test('the log tells what kind of error it was, and nothing that the error says', async () => {
  const { ask, lines } = await serve(async (token) => {
    throw Object.assign(new TypeError(`no such token: ${token}`), {
      code: 'ERR_JWKS_TIMEOUT',
      payload: { sub: 'ada-1' },
    });
  });
  await ask('a-secret-token');
  expect(lines.join('')).toContain('TypeError (ERR_JWKS_TIMEOUT)');
  expect(lines.join('')).not.toMatch(/a-secret-token|ada-1/);
});

test.each<readonly [string, unknown]>([
  ['nothing', undefined],
  ['nobody', { kind: 'anonymous', scopes: new Set(['library/read']) }],
  ['claims', { sub: 'ada', scope: 'library/read', kind: 'user' }],
  ['an array of scopes', { ...ada(), scopes: ['library/read'] }],
])('a verifier that gives %s lets nobody in', async (_what, principal) => {
  const { ask, calls } = await serve(async () => principal as Principal);
  const answer = await ask('opaque');
  expect(answer).toMatchObject({ status: 500, extensions: { code: 'INTERNAL_SERVER_ERROR' } });
  expect(answer.extensions.errorId).toBeTypeOf('string');
  expect(calls()).toBe(0);
});

test('what no principal can be made of is a token that is not accepted', async () => {
  const { ask } = await serve(async () => createPrincipal({ ...ada(), subject: undefined }));
  expect(await ask('opaque')).toMatchObject({ status: 401, extensions: { reason: 'invalid' } });
});

const issuer = {
  issuer: 'https://id.example.com',
  jwksUri: 'https://id.example.com/keys',
  audience: 'api',
  userClientIds: ['spa'],
  machineClientIds: [],
};

test.each<readonly [string, Partial<GraphqlServerOptions<unknown>>]>([
  ['nobody who would verify tokens', {}],
  ['empty lists', { pools: [], issuers: [] }],
  ['undefined for all', { pools: undefined, issuers: undefined, verifyToken: undefined }],
  ['issuers beside a verifier', { issuers: [issuer], verifyToken: async () => ada() }],
  ['a deny list beside a verifier', { tokens: { isRevoked: () => true }, verifyToken: async () => ada() }],
  ['a verifier that is no function', { verifyToken: 'yes' as unknown as () => Promise<Principal> }],
])('a server does not start with %s', async (_what, options) => {
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { motto: String }'],
    resolvers: {},
    permissions: { Query: { motto: requireScope('library/read') } },
  });
  const claims = { source: { fetchClaims: async () => new Map() } };
  const error = await captureError(() => createGraphqlServer({ guarded, claims, ...options }));
  expect(error).toBeInstanceOf(ConfigurationError);
});
