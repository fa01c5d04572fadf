import { parse, print } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { mergeEqualFields } from '../../../src/operation/mergeEqualFields.ts';
import { publicField } from '../../../src/rules/index.ts';
import { createTestServer, type TestServer } from '../../../src/testing/testServer.ts';

let server: TestServer<'nobody'>;

beforeAll(async () => {
  const guarded = createGuardedSchema({
    typeDefs: ['type Query { self: Query a: String b(x: Int): String }'],
    resolvers: { Query: { self: () => ({ a: 'a' }) } },
    permissions: { '*': publicField('is a test') },
  });
  server = await createTestServer({ guarded, personas: { nobody: { kind: 'anonymous' } } });
});

afterAll(() => server.close());

async function ask(query: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return JSON.parse(await response.text());
}

test('a document with as many equal fields as the limits allow is answered, each time that it is sent', async () => {
  const query = `{ self { ${'a '.repeat(1_999)}} }`;
  for (const _time of [1, 2, 3]) expect(await ask(query)).toEqual({ data: { self: { a: 'a' } } });
  expect((await ask(`{ self { ${'a '.repeat(2_000)}} }`)).errors[0].extensions.code).toBe('OPERATION_TOO_COMPLEX');
});

test('only what says the same once more is left out', () => {
  const others = 'a x: a b(x: 1) b(x: 1) a @skip(if: true) a @skip(if: true) self { a } self { a } ...F ...F';
  const merged = mergeEqualFields(parse(`{ ${'a '.repeat(100)} x: a ${others} } fragment F on Query { a a }`));
  expect(print(merged)).toBe(print(parse(`{ a x: a ${others.slice(7)} } fragment F on Query { a a }`)));
});
