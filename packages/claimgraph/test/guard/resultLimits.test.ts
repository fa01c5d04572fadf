import { setTimeout as wait } from 'node:timers/promises';
import { ApolloServer } from '@apollo/server';
import { envelop, useEngine, useSchema } from '@envelop/core';
import * as graphqlJs from 'graphql';
import { execute, GraphQLError, parse, validate } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createGuardContext, createGuardPlugin } from '../../src/adapters/apollo/index.ts';
import { useGuard } from '../../src/adapters/envelop.ts';
import { createExecutableSchema } from '../../src/compile/executableSchema.ts';
import { createCompilingExecutor } from '../../src/execute/compilingExecutor.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import type { OperationLimits } from '../../src/operation/limits.ts';
import { publicField, requireScope } from '../../src/rules/index.ts';
import { createTestServer } from '../../src/testing/testServer.ts';
import { anonymous } from '../../src/token/principal.ts';
import { nextTurn, until } from '../support/until.ts';

const open = publicField('is a test');
const typeDefs = [
  /* GraphQL */ `
    type Query { rows(count: Int!): [Row!] later(count: Int!): [Row!] promised(count: Int!): [Row] strings(count: Int!): [String] endless: [Row] grid(count: Int!): [[Row!]] company: Company one: Row secret: String }
    type Row { id: ID! name: String note: String rows: [Row!] later: Row }
    type Company { transactions(first: Int!): Page }
    type Page { nodes: [Transaction!] }
    type Transaction { id: ID company: Company }
  `,
];

let rowsRead = 0;
const row = (id: number): object => ({
  id,
  name: 'n',
  note() {
    rowsRead += 1;
    return 'x';
  },
  rows: () => manyRows({ count: 10 }),
  later: async () => row(id + 1),
});
const manyRows = ({ count }: { readonly count: number }) => Array.from({ length: count }, (_, id) => row(id));
const resolvers = {
  Query: {
    rows: (_query: unknown, args: { count: number }) => manyRows(args),
    later: async (_query: unknown, args: { count: number }) => {
      await nextTurn();
      return manyRows(args);
    },
    promised: (_query: unknown, args: { count: number }) => manyRows(args).map(async (one) => one),
    strings: (_query: unknown, { count }: { count: number }) => Array.from({ length: count }, () => 's'),
    *endless() {
      for (let id = 0; ; id += 1) yield row(id);
    },
    grid: (_query: unknown, { count }: { count: number }) => Array.from({ length: count }, () => manyRows({ count })),
    one: () => row(1),
    company: () => ({}),
  },
  Company: { transactions: (_company: unknown, { first }: { first: number }) => ({ first }) },
  Page: { nodes: ({ first }: { first: number }) => Array.from({ length: first }, (_, id) => ({ id, company: {} })) },
};
const permissions = {
  Query: {
    rows: open,
    later: open,
    promised: open,
    strings: open,
    endless: open,
    grid: open,
    company: open,
    one: open,
    secret: requireScope('a'),
  },
  Row: open,
  Company: open,
  Page: open,
  Transaction: open,
};

interface Answer {
  readonly data: Record<string, unknown> | null | undefined;
  readonly codes: readonly unknown[];
  readonly status: number;
}

type Ask = (query: string) => Promise<Answer>;

const limits: Partial<OperationLimits> = { maxResultValues: 2_000 };

const toAnswer = (
  result: { data?: unknown; errors?: readonly { extensions?: unknown }[] },
  status: number,
): Answer => ({
  data: result.data as Answer['data'],
  codes: (result.errors ?? []).map(({ extensions }) => (extensions as { code?: unknown }).code),
  status,
});

function makeGuard() {
  return createGuard({ schema: createExecutableSchema(typeDefs, resolvers), permissions, limits });
}

const callers = { verifyToken: () => Promise.reject(new TypeError('nobody has a token')) };

const hosts: Readonly<Record<string, () => Promise<{ readonly ask: Ask; readonly close?: () => Promise<void> }>>> = {
  'graphql-js, by guard.answer': async () => {
    const guard = makeGuard();
    const ask: Ask = async (query) => {
      const document = parse(query);
      expect(validate(guard.schema, document)).toEqual([]);
      const { status, body } = await guard.answer(callers, { document, authorizationHeaders: [] }, (contextValue) =>
        execute({ schema: guard.schema, document, contextValue }),
      );
      return toAnswer(body, status);
    };
    return { ask };
  },
  'an ApolloServer of one’s own': () => apollo(false),
  'an ApolloServer of one’s own that compiles': () => apollo(true),
  Envelop: async () => {
    const guard = makeGuard();
    const getEnveloped = envelop({
      plugins: [
        useEngine(graphqlJs),
        useSchema(guard.schema),
        useGuard(guard, { ...callers, authorizationHeaders: () => [] }),
      ],
    });
    const ask: Ask = async (query) => {
      const { parse, contextFactory, execute, schema } = getEnveloped();
      const result = await execute({ schema, document: parse(query), contextValue: await contextFactory() });
      return toAnswer(result, result.extensions?.http?.status ?? 200);
    };
    return { ask };
  },
  'createGraphqlServer, compiled': () => server('jit'),
  'createGraphqlServer, graphql-js': () => server('graphql-js'),
};

async function apollo(compiles: boolean) {
  const guard = makeGuard();
  const executor = compiles ? createCompilingExecutor({ compileAfter: 0 }) : undefined;
  const server = new ApolloServer({ schema: guard.schema, plugins: [createGuardPlugin(guard, { executor })] });
  const context = createGuardContext(guard, callers)();
  const ask: Ask = async (query) => {
    const contextValue = await context({ req: { rawHeaders: [] } });
    const { body, http } = await server.executeOperation({ query }, { contextValue });
    if (body.kind !== 'single') throw new TypeError('expected one result');
    return toAnswer(body.singleResult, http.status ?? 200);
  };
  return { ask, close: () => server.stop() };
}

async function server(executor: 'jit' | 'graphql-js') {
  const guarded = createGuardedSchema({ typeDefs, resolvers, permissions });
  const personas = { nobody: { kind: 'anonymous' } } as const;
  const started = await createTestServer({ guarded, personas, limits, executor, compiling: { compileAfter: 0 } });
  const ask: Ask = async (query) => {
    const response = await fetch(`${started.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return toAnswer(JSON.parse(await response.text()), response.status);
  };
  return { ask, close: started.close };
}

let lost = 0;
const onLost = () => {
  lost += 1;
};

describe.each(Object.entries(hosts))('%s', (_name, start) => {
  let host: Awaited<ReturnType<typeof start>>;
  let listeners: NodeJS.UnhandledRejectionListener[] = [];
  beforeAll(async () => {
    listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', onLost);
    host = await start();
  });
  afterAll(async () => {
    await host.close?.();
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });
  beforeEach(() => {
    rowsRead = 0;
    lost = 0;
  });

  test('refuses a small document with a large result before anything is executed', async () => {
    const level = (inner: string) => `company { transactions(first:100) { nodes { ${inner} } } }`;
    const { data, codes, status } = await host.ask(`{ ${[1, 2, 3, 4].reduce(level, 'id')} }`);
    expect([data, codes, status]).toEqual([undefined, ['OPERATION_TOO_COMPLEX'], 400]);
  });

  const deep = (inner: string) => `rows { rows { rows { ${inner} } } }`;

  test.each([
    ['a list of a list of a list', `{ rows(count: 10) { ${deep('note')} } }`],
    ['one list', '{ rows(count: 5000) { note } }'],
    ['one list of scalars', '{ strings(count: 5000) }'],
    ['one list without end', '{ endless { note } }'],
    ['lists of lists', '{ grid(count: 100) { note } }'],
    ['a list that comes later', '{ later(count: 5000) { note } }'],
    ['a list of promises', '{ promised(count: 1000) { a: note b: note c: note d: note } }'],
    ['a list with promises in it', '{ rows(count: 500) { later { later { note later { note } } } } }'],
    ['lists beside one another', '{ a: rows(count: 600) { note } b: rows(count: 600) { note } }'],
    ['a list beside what is refused', '{ secret rows(count: 5000) { note } }'],
  ])('ends %s while it grows, and tells nothing of it', async (_what, query) => {
    const { data, codes, status } = await host.ask(query);
    expect([data, codes, status]).toEqual([undefined, ['RESULT_TOO_LARGE'], 400]);
    expect(rowsRead).toBeLessThan(2_000);
    await wait(0);
    expect(lost).toBe(0);
  });

  test('answers what keeps to the limit', async () => {
    const { data, codes, status } = await host.ask('{ rows(count: 400) { note later { id } } }');
    expect([codes, status]).toEqual([[], 200]);
    expect(data?.rows).toHaveLength(400);
  });
});

describe('a result of many values', () => {
  const guard = createGuard({
    schema: createExecutableSchema(typeDefs, resolvers),
    permissions,
    limits: { maxResultValues: 1_000_000, maxCost: 1_000_000 },
  });

  async function begin(query: string, signal?: AbortSignal) {
    const session = guard.session({ principal: anonymous });
    const document = parse(query);
    expect(await session.begin({ document, signal })).toEqual({ refused: false });
    return { session, run: () => execute({ schema: guard.schema, document, contextValue: session.context() }) };
  }

  test('lets others in while it grows', async () => {
    const { session, run } = await begin('{ rows(count: 20000) { id name note } }');
    let turns = 0;
    const result = run();
    const done = Promise.resolve(result).then((value) => {
      session.finish(value);
      return value;
    });
    let isOver = false;
    void done.then(() => {
      isOver = true;
    });
    await until(() => {
      turns += 1;
      return isOver;
    });
    const { data, errors } = await done;
    expect(errors).toBeUndefined();
    expect(data?.rows).toHaveLength(20_000);
    expect(turns).toBeGreaterThan(5);
  });

  test('is ended when the client goes away', async () => {
    const client = new AbortController();
    rowsRead = 0;
    const { session, run } = await begin('{ rows(count: 20000) { id name note } }', client.signal);
    const running = run();
    client.abort();
    const { data, errors } = session.finish(await running);
    expect(data).toBeUndefined();
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_CANCELLED']);
    expect(session.httpHead()?.status).toBe(499);
    expect(rowsRead).toBeLessThan(11_000);
  });
});

test('a resolver whose client is gone when it answers is the last one', async () => {
  const client = new AbortController();
  const calledAfter: string[] = [];
  const guard = createGuard({
    schema: createExecutableSchema(['type Query { a: A } type A { b: String }'], {
      Query: {
        async a() {
          client.abort();
          return {};
        },
      },
      A: {
        b() {
          calledAfter.push('b');
          throw new GraphQLError('not reached');
        },
      },
    }),
    permissions: { '*': open },
  });
  const document = parse('{ a { b } }');
  const session = guard.session({ principal: anonymous });
  await session.begin({ document, signal: client.signal });
  const result = session.finish(await execute({ schema: guard.schema, document, contextValue: session.context() }));
  expect(result.errors?.[0]?.extensions.code).toBe('OPERATION_CANCELLED');
  expect(calledAfter).toEqual([]);
});
