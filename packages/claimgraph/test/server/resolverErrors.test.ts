import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGuardedSchema } from '../../src/compile/guardedSchema.ts';
import { AppError } from '../../src/errors.ts';
import { publicField } from '../../src/rules/index.ts';
import { createTestServer, type TestServer } from '../../src/testing/index.ts';

const secret = 'row 4711';

class QuotaUsedUpError extends AppError<{ readonly resetsAt: string }> {
  readonly code = 'QUOTA_USED_UP';
  readonly httpStatus = 429;
  readonly clientMessage = 'Your quota of today is used up.';

  constructor() {
    super(secret, { details: { resetsAt: '2026-12-01' }, cause: new Error(secret) });
  }
}

const fields = {
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
    typeDefs: ['type Query { quota: Int shown: Int masked: Int }'],
    resolvers: { Query: fields },
    permissions: { Query: { quota: rule, shown: rule, masked: rule } },
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
    expect(JSON.stringify(answer?.body)).not.toContain('4711');
  }
});
