import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError, DataUnavailableError } from '../../src/errors.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { publicField } from '../../src/rules/index.ts';
import { createTestServer, type TestServer } from '../../src/testing/index.ts';

const secret = 'row q4711';

class QuotaUsedUpError extends AppError<{ readonly resetsAt: string }> {
  readonly code = 'QUOTA_USED_UP';
  readonly httpStatus = 429;
  readonly clientMessage = 'Your quota of today is used up.';

  constructor() {
    super(secret, { details: { resetsAt: '2026-12-01' }, cause: new Error(secret) });
  }
}

const fields = {
  down: () => {
    throw new DataUnavailableError(secret, { retryAfterSeconds: 3 });
  },
  box: () => ({
    label: () => {
      throw new DataUnavailableError(secret);
    },
  }),
  nothing: () => null,
  quota: () => {
    throw new QuotaUsedUpError();
  },
  shown: () => {
    throw new GraphQLError('Only 2 are left.', { extensions: { code: 'OUT_OF_STOCK', left: 2 } });
  },
  masked: () => {
    throw new GraphQLError(secret, { extensions: { code: 'DB_SAYS' } });
  },
};

const executors = ['jit', 'graphql-js'] as const;
const servers = new Map<string, TestServer<never>>();

beforeAll(async () => {
  const rule = publicField('for tests');
  const guarded = createGuardedSchema({
    typeDefs: [
      /* GraphQL */ `
      type Query { quota: Int shown: Int masked: Int down: Int nothing: Int box: Box }
      type Mutation { down: Int box: Box nothing: Int }
      type Box { label: String! }
    `,
    ],
    resolvers: { Query: fields, Mutation: { down: fields.down, box: fields.box, nothing: fields.nothing } },
    permissions: { Query: { '*': rule }, Mutation: { '*': rule }, Box: { label: rule } },
  });
  for (const executor of executors) {
    const exposeErrors = ({ extensions }: GraphQLError) => extensions.code === 'OUT_OF_STOCK';
    servers.set(executor, await createTestServer({ guarded, personas: {}, executor, exposeErrors }));
  }
});

afterAll(async () => {
  for (const server of servers.values()) await server.close();
});

test.each(executors)('a code of its own reaches the client where a class or the hook says so: %s', async (executor) => {
  // Compiled after it has been asked a few times.
  for (let time = 1; time <= 5; time += 1) {
    const answer = await servers.get(executor)?.query('{ quota shown masked }');
    expect(answer?.status).toBe(200);
    expect(answer?.body.errors?.map(({ path, extensions }) => [path?.join('.'), extensions])).toEqual([
      ['quota', { code: 'QUOTA_USED_UP', resetsAt: '2026-12-01' }],
      ['shown', { code: 'OUT_OF_STOCK', left: 2 }],
      ['masked', { code: 'INTERNAL_SERVER_ERROR', errorId: expect.any(String) }],
    ]);
    expect(JSON.stringify(answer?.body)).not.toContain('q4711');
  }
});

describe.each(executors)('the data store is down: %s', (executor) => {
  test.each([
    ['nothing could run', '{ down other: down }', 503, '3'],
    ['nothing is left to answer', '{ box { label } }', 503, '1'],
    ['a mutation could not run', 'mutation { down }', 503, '3'],
    ['something could run', '{ down box { __typename } }', 200, null],
    ['something is null for another reason', '{ down nothing }', 200, null],
    ['something failed for another reason', '{ down masked }', 200, null],
    ['a mutation was made and could not be read back', 'mutation { box { label } }', 200, null],
    ['a mutation was made before', 'mutation { nothing down }', 200, null],
  ])('%s', async (_name, query, status, retryAfter) => {
    for (let time = 1; time <= 5; time += 1) {
      const answer = await servers.get(executor)?.query(query);
      expect([answer?.status, answer?.headers.get('retry-after')]).toEqual([status, retryAfter]);
      expect(answer?.body.errors?.[0]?.extensions).toEqual({ code: 'DATA_UNAVAILABLE', retryable: true });
    }
  });
});
