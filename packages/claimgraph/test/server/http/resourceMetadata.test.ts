import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../../src/errors.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import {
  allOf,
  anyOf,
  masked,
  publicField,
  requireAnyScope,
  requireClaims,
  requireScope,
} from '../../../src/rules/index.ts';
import {
  createGraphqlServer,
  type GraphqlServer,
  type GraphqlServerOptions,
} from '../../../src/server/graphqlServer.ts';
import { isResource, resourceMetadataUrl } from '../../../src/server/http/resourceMetadata.ts';

const mayRead = requireScope('library/read');
const mayLend = requireAnyScope('library/lend', 'library/admin');
const isClerk = requireClaims('is a clerk', ({ role }: { readonly role: string }) => role === 'clerk');
const guarded = createGuardedSchema({
  typeDefs: ['type Query { motto: String, loans: Int, name: String }'],
  resolvers: {},
  permissions: {
    Query: {
      motto: publicField('is on the door'),
      loans: allOf(mayRead, anyOf(isClerk, mayLend)),
      name: allOf(
        mayRead,
        masked(requireScope('library/pii'), () => null),
      ),
    },
  },
});
const pool = {
  issuer: 'https://pool.test',
  jwksUri: 'http://127.0.0.1:9/jwks',
  userClientIds: ['spa'],
  machineClientIds: [],
  audience: undefined,
};
const other = { ...pool, issuer: 'https://other.test', audience: 'library' };

const create = (more: Partial<GraphqlServerOptions<{ readonly role: string }>>) =>
  createGraphqlServer({
    guarded,
    pools: [pool],
    issuers: [other],
    claims: { source: { fetchClaims: async () => new Map() } },
    logger: pino({ level: 'silent' }),
    ...more,
  });

describe('a server that is told its address', () => {
  const resource = 'https://api.library.test/graphql';
  let server: GraphqlServer<{ readonly role: string }>;
  beforeAll(async () => {
    server = await create({ resource });
  });
  afterAll(() => server.close());

  test.each(['/.well-known/oauth-protected-resource/graphql', '/.well-known/oauth-protected-resource'])(
    'tells at %s who issues tokens for it, and every scope that a rule asks about',
    async (path) => {
      const answer = await server.app.inject({ url: path });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.json()).toEqual({
        resource,
        authorization_servers: ['https://pool.test', 'https://other.test'],
        scopes_supported: ['library/admin', 'library/lend', 'library/pii', 'library/read'],
        bearer_methods_supported: ['header'],
      });
    },
  );

  test('names that address in every challenge, and in no other answer', async () => {
    const ask = (query: string, headers = {}) =>
      server.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
    const said = 'resource_metadata="https://api.library.test/.well-known/oauth-protected-resource/graphql"';
    const missing = await ask('{ loans }');
    expect([missing.statusCode, missing.headers['www-authenticate']]).toEqual([401, expect.stringContaining(said)]);
    const invalid = await ask('{ loans }', { authorization: 'Bearer x.y.z' });
    expect([invalid.statusCode, invalid.headers['www-authenticate']]).toEqual([401, expect.stringContaining(said)]);
    expect((await ask('{ motto }')).headers).not.toHaveProperty('www-authenticate');
  });
});

test('a server that is not told its address tells none, and challenges as before', async () => {
  const server = await create({});
  expect((await server.app.inject({ url: '/.well-known/oauth-protected-resource' })).statusCode).toBe(404);
  const refused = await server.app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ loans }' } });
  expect(refused.headers['www-authenticate']).not.toContain('resource_metadata');
  await server.close();
});

test('an address that is none, and a verifier whose issuers are unknown, stop the start', async () => {
  await expect(create({ resource: 'api.library.test' })).rejects.toThrow(ConfigurationError);
  const own = { pools: undefined, issuers: undefined, verifyToken: () => Promise.reject(new TypeError('no token')) };
  await expect(create({ resource: 'https://api.library.test', ...own })).rejects.toThrow(/^resource: /);
});

test.each([
  ['https://api.test', true],
  ['https://api.test/v1/graphql', true],
  ['http://localhost:4000/graphql', true],
  ['http://[::1]:4000', true],
  ['http://api.test', false],
  ['https://api.test/?a=1', false],
  ['https://api.test/#a', false],
  ['https://ann@api.test/', false],
  ['https://api.test/"x', false],
  ['ftp://api.test', false],
  ['', false],
])('%s is the address of an API: %s', (text, is) => {
  expect(isResource(text)).toBe(is);
});

test('the metadata of an address stand between its host and its path', () => {
  expect(resourceMetadataUrl('https://api.test')).toBe('https://api.test/.well-known/oauth-protected-resource');
  expect(resourceMetadataUrl('https://api.test/a/b')).toBe('https://api.test/.well-known/oauth-protected-resource/a/b');
});
