import { type AuditResult, auditServer } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { publicField } from '../../../src/rules/index.ts';
import { createTestServer, type TestServer } from '../../../src/testing/testServer.ts';

/** What the audit would have otherwise; docs/compatibility.md says why. */
const exceptions: Readonly<Record<string, AuditResult['status']>> = {
  '572B': 'warn',
  FDE2: 'warn',
  '7B9B': 'warn',
  '5A70': 'notice',
  '6A70': 'notice',
  D6D5: 'notice',
};

let server: TestServer<'nobody'>;

beforeAll(async () => {
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { hello: String }'],
    resolvers: {},
    permissions: { '*': publicField('is a test') },
  });
  // The audit asks for the schema.
  server = await createTestServer({ guarded, personas: { nobody: { kind: 'anonymous' } }, introspection: 'open' });
});

afterAll(() => server.close());

test('the audit of GraphQL over HTTP finds nothing but what is decided otherwise', { timeout: 120_000 }, async () => {
  const results = await auditServer({ url: `${server.url}/graphql`, fetchFn: fetch });
  expect(results.length).toBeGreaterThan(50);
  const found = results.filter(({ status }) => status !== 'ok');
  expect(Object.fromEntries(found.map(({ id, status }) => [id, status]))).toEqual(exceptions);
});
