import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { NotFoundError } from '../../src/errors.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { publicField, requireScope } from '../../src/rules/index.ts';
import type { RequestContext } from '../../src/server/context.ts';
import { createTestServer, type Persona, type TestServerOptions } from '../../src/testing/index.ts';

const typeDefs = ['type Query { open: String secret: String lost: Int }'];
const resolvers = {
  Query: {
    open: () => 'sesame',
    secret: () => 'gold',
    lost: () => {
      throw new NotFoundError('none');
    },
  },
};
const open = publicField('for tests');
const permissions = { Query: { open, secret: requireScope('read'), lost: open } };
const personas: Readonly<Record<'visitor' | 'reader', Persona<unknown>>> = {
  visitor: { kind: 'anonymous' },
  reader: { kind: 'user', scopes: ['read'], claims: undefined },
};

const started: { close(): Promise<void> }[] = [];

async function serve(options: Partial<TestServerOptions<unknown, keyof typeof personas>>) {
  // Enforcing puts guards into the schema, so each server has its own.
  const guarded = createGuardedSchema({ typeDefs, resolvers, permissions });
  const server = await createTestServer({ guarded, personas, compiling: { compileAfter: 0 }, ...options });
  started.push(server);
  return server;
}

afterEach(async () => {
  for (const server of started.splice(0)) await server.close();
});

/** Asked often enough to be executed from a compiled form, had nobody anything against it. */
const times = 4;

type Hook = keyof GraphQLRequestListener<RequestContext>;

/** A class, for its methods are not own properties and need their `this`. */
class Recorder implements ApolloServerPlugin<RequestContext> {
  readonly #seen: string[] = [];
  readonly #hooks: readonly Hook[];

  constructor(hooks: readonly Hook[]) {
    this.#hooks = hooks;
  }

  async serverWillStart() {
    this.#seen.push('serverWillStart');
  }

  async requestDidStart(): Promise<GraphQLRequestListener<RequestContext>> {
    this.#seen.push('requestDidStart');
    return Object.fromEntries(
      this.#hooks.map((name) => [
        name,
        async (request: { readonly errors?: readonly GraphQLError[] }) => {
          const told = request.errors?.map(({ message, originalError }) => `${message} (${originalError?.name})`);
          const errors = name === 'didEncounterErrors' ? `: ${told}` : '';
          this.#seen.push(`${name}${errors}`);
          return name === 'responseForOperation' ? null : undefined;
        },
      ]),
    );
  }

  take(): readonly string[] {
    return this.#seen.splice(0);
  }
}

const always: readonly Hook[] = ['didResolveSource', 'didResolveOperation', 'willSendResponse'];

describe.each(['jit', 'graphql-js'] as const)('hooks of a plugin of the user run: %s', (executor) => {
  test('of a plain operation', async () => {
    const plugin = new Recorder([...always, 'responseForOperation']);
    const server = await serve({ executor, plugins: [plugin] });
    expect(plugin.take()).toEqual(['serverWillStart']);
    for (let time = 1; time <= times; time += 1) {
      expect((await server.query('{ open }')).body).toEqual({ data: { open: 'sesame' } });
      expect(plugin.take()).toEqual([
        'requestDidStart',
        'didResolveSource',
        'didResolveOperation',
        'responseForOperation',
        'willSendResponse',
      ]);
    }
  });

  test('of errors: refused before execution, thrown by a resolver', async () => {
    const plugin = new Recorder(['didEncounterErrors']);
    const server = await serve({ executor, plugins: [plugin] });
    plugin.take();
    for (let time = 1; time <= times; time += 1) {
      expect((await server.query('{ secret }', { as: 'visitor' })).status).toBe(401);
      expect(plugin.take()).toEqual(['requestDidStart', 'didEncounterErrors: UNAUTHENTICATED (UnauthenticatedError)']);
      expect((await server.query('{ open lost }')).status).toBe(200);
      expect(plugin.take()).toEqual(['requestDidStart', 'didEncounterErrors: none (NotFoundError)']);
    }
  });

  test('of execution and of each field', async () => {
    const fields: string[] = [];
    const plugin: ApolloServerPlugin<RequestContext> = {
      async requestDidStart() {
        return {
          async executionDidStart() {
            return { willResolveField: ({ info }) => void fields.push(info.fieldName) };
          },
        };
      },
    };
    const server = await serve({ executor, plugins: [plugin] });
    for (let time = 1; time <= times; time += 1) await server.query('{ open }');
    expect(fields).toEqual(Array(times).fill('open'));
  });

  test('of execution now and then, which leaves all other operations as they are', async () => {
    let requests = 0;
    const plugin: ApolloServerPlugin<RequestContext> = {
      async requestDidStart() {
        requests += 1;
        if (requests !== 2) return;
        return { executionDidStart: async () => ({ willResolveField() {} }) };
      },
    };
    const server = await serve({ executor, plugins: [plugin] });
    for (let time = 1; time <= times; time += 1) {
      expect((await server.query(`{ open a${time}: open }`)).body.errors).toBeUndefined();
      expect((await server.query('{ secret }', { as: 'visitor' })).status).toBe(401);
    }
  });
});

test('a plugin that answers operations itself is asked only for those that may run', async () => {
  const plugin: ApolloServerPlugin<RequestContext> = {
    async requestDidStart() {
      return {
        responseForOperation: async () => ({
          http: { headers: new Map(), status: undefined } as never,
          body: { kind: 'single', singleResult: { data: { open: 'from elsewhere' } } },
        }),
      };
    },
  };
  const server = await serve({ plugins: [plugin] });
  for (let time = 1; time <= times; time += 1) {
    expect((await server.query('{ open }')).body.data).toEqual({ open: 'from elsewhere' });
    expect((await server.query('{ secret }', { as: 'visitor' })).body.data).toBeUndefined();
  }
});

test('what a plugin makes of the response is sent', async () => {
  const plugin: ApolloServerPlugin<RequestContext> = {
    async requestDidStart() {
      return {
        async willSendResponse({ response }) {
          if (response.body.kind !== 'single') return;
          Object.assign(response.body.singleResult.data ?? {}, { added: { by: 'a plugin' } });
          response.http.headers.set('x-added', 'yes');
        },
      };
    },
  };
  const server = await serve({ plugins: [plugin] });
  for (let time = 1; time <= times; time += 1) {
    const { body, headers } = await server.query('{ open }');
    expect([body.data, headers.get('x-added')]).toEqual([{ open: 'sesame', added: { by: 'a plugin' } }, 'yes']);
  }
});

test('a plugin reads every header of the request but the token', async () => {
  const seen: (readonly (string | undefined)[])[] = [];
  const plugin: ApolloServerPlugin<RequestContext> = {
    async requestDidStart({ request: { http } }) {
      seen.push(['x-tenant', 'accept', 'authorization'].map((name) => http?.headers.get(name)));
    },
  };
  const server = await serve({ plugins: [plugin] });
  await server.query('{ secret }', { as: 'reader', headers: { 'x-tenant': 'acme', accept: '*/*' } });
  expect(seen).toEqual([['acme', '*/*', undefined]]);
});

test('formatError adds to every error, wherever it was made', async () => {
  const server = await serve({
    formatError: (formatted, error) => ({
      ...formatted,
      extensions: {
        ...formatted.extensions,
        docs: `https://example.com/${formatted.extensions?.code}`,
        is: error instanceof Error,
      },
    }),
  });
  for (let time = 1; time <= times; time += 1) {
    for (const [query, code] of [
      ['{ secret }', 'UNAUTHENTICATED'],
      ['{ lost }', 'NOT_FOUND'],
      ['{ open', 'GRAPHQL_PARSE_FAILED'],
      ['{ closed }', 'GRAPHQL_VALIDATION_FAILED'],
    ] as const) {
      const { body } = await server.query(query, { as: 'visitor' });
      expect(body.errors?.map(({ extensions }) => extensions)).toMatchObject([
        { code, docs: `https://example.com/${code}`, is: true },
      ]);
    }
  }
});
