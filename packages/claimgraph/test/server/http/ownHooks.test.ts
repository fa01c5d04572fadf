import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { createStaticClaimsSource } from '../../../src/claims/sources/static/staticClaimsSource.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { publicField } from '../../../src/rules/index.ts';
import { createGraphqlServer } from '../../../src/server/graphqlServer.ts';
import { testKey } from '../../../src/testing/index.ts';
import { cognitoUserPool } from '../../../src/token/userPool.ts';

const started: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

async function serve(configure: { readonly configureApp?: Configure; readonly after?: Configure }) {
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { open: String }'],
    resolvers: { Query: { open: () => 'sesame' } },
    permissions: { Query: { open: publicField('for tests') } },
  });
  const server = await createGraphqlServer({
    guarded,
    pools: [
      cognitoUserPool({
        region: 'eu-west-1',
        userPoolId: 'eu-west-1_AbCdEf123',
        userClientIds: ['spa'],
        machineClientIds: [],
      }),
    ],
    tokens: { fetchJwks: async () => ({ keys: [(await testKey()).jwk] }) },
    claims: { source: createStaticClaimsSource([]) },
    logger: pino({ level: 'silent' }),
    configureApp: configure.configureApp,
  });
  started.push(server);
  await configure.after?.(server.app);
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  return url;
}

type Configure = (app: FastifyInstance) => void | Promise<void>;

/** As a fastify-plugin is: what it adds is not kept to itself. */
const shared = (plugin: FastifyPluginAsync) => Object.assign(plugin, { [Symbol.for('skip-override')]: true });

const setsHeader: Configure = (app) => {
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-hook', 'ran');
    done(null, payload);
  });
};

const ways: readonly (readonly [string, { readonly configureApp?: Configure; readonly after?: Configure }])[] = [
  ['by configureApp', { configureApp: setsHeader }],
  ['on the app that the server gives', { after: setsHeader }],
  [
    'in a plugin',
    { configureApp: async (app) => void (await app.register(shared(async (inner) => setsHeader(inner)))) },
  ],
  [
    'in a plugin of a plugin',
    {
      after: (app) =>
        void app.register(
          shared(async (inner) => void inner.register(shared(async (innermost) => setsHeader(innermost)))),
        ),
    },
  ],
];

describe.each(ways)('a hook that is added %s', (_how, configure) => {
  test('runs for plain posts and for all else', async () => {
    const url = await serve(configure);
    for (const request of [
      post('{"query":"{ open }"}'),
      post('{"query":"{ open }", "x": "\\u0041"}'),
      { headers: { 'apollo-require-preflight': '1' } },
    ]) {
      const response = await fetch(`${url}/graphql${'method' in request ? '' : '?query={open}'}`, request);
      expect([response.headers.get('x-hook'), await response.json()]).toEqual(['ran', { data: { open: 'sesame' } }]);
    }
  });
});

test.each([
  'onRequest',
  'preParsing',
  'preValidation',
  'preHandler',
  'preSerialization',
  'onSend',
  'onResponse',
] as const)('the hook %s runs for a plain post', async (name) => {
  let runs = 0;
  const hook = async () => {
    runs += 1;
  };
  const url = await serve({ configureApp: (app) => void Reflect.apply(app.addHook, app, [name, hook]) });
  await (await fetch(`${url}/graphql`, post('{"query":"{ open }"}'))).text();
  // preSerialization is for objects, and what GraphQL answers is text already.
  expect(runs).toBe(name === 'preSerialization' ? 0 : 1);
});

test('a hook can refuse a plain post', async () => {
  const url = await serve({
    configureApp: (app) => {
      app.addHook('onRequest', async (_request, reply) => reply.code(429).send({ errors: [{ message: 'slowly' }] }));
    },
  });
  expect((await fetch(`${url}/graphql`, post('{"query":"{ open }"}'))).status).toBe(429);
});

test('a parser of the user’s own reads plain posts', async () => {
  const url = await serve({
    configureApp: (app) => {
      app.removeContentTypeParser('application/json');
      app.addContentTypeParser('application/json', { parseAs: 'string' }, async () => ({ query: '{ other: open }' }));
    },
  });
  const response = await fetch(`${url}/graphql`, post('{"query":"{ open }"}'));
  expect(await response.json()).toEqual({ data: { other: 'sesame' } });
});

test('a route of the user’s own is served, with the headers of every answer', async () => {
  const url = await serve({ configureApp: (app) => void app.get('/version', async () => ({ version: 1 })) });
  const response = await fetch(`${url}/version`);
  expect([await response.json(), response.headers.get('x-content-type-options')]).toEqual([{ version: 1 }, 'nosniff']);
});

test('what is no part of a request of /graphql leaves plain posts beside Fastify', async () => {
  let requests = 0;
  // Before the host watches for hooks that others add.
  const count = (message: unknown) =>
    (message as { readonly fastify: FastifyInstance }).fastify.addHook('onRequest', async () => {
      requests += 1;
    });
  subscribe('fastify.initialization', count);
  const url = await serve({
    configureApp: (app) => {
      app.addHook('onClose', async () => {});
      app.addHook('onReady', async () => {});
      app.get('/version', async () => ({ version: 1 }));
    },
  });
  unsubscribe('fastify.initialization', count);
  expect((await fetch(`${url}/graphql`, post('{"query":"{ open }"}'))).status).toBe(200);
  expect(requests).toBe(0);
  expect((await fetch(`${url}/version`)).status).toBe(200);
  expect(requests).toBe(1);
});

function post(body: string) {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body };
}
