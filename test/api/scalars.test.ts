import { createGuardedSchema, publicField, readTypeDefs } from 'claimgraph';
import { createTestServer } from 'claimgraph/testing';
import { GraphQLScalarType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissions } from '../../src/access/permissions.ts';
import { resolvers } from '../../src/resolvers/index.ts';

type Server = Awaited<ReturnType<typeof createTestServer<unknown, never>>>;

let server: Server;

beforeAll(async () => {
  const guarded = createGuardedSchema({
    typeDefs: `scalar Usd
      input Limit { amount: Usd amounts: [Usd!] }
      type Query { pay(amount: Usd, amounts: [Usd], limit: Limit): String }`,
    resolvers: { Usd: resolvers.Usd ?? {}, Query: { pay: () => 'paid' } },
    permissions: { Query: { pay: publicField('for tests') } },
  });
  server = await createTestServer<unknown, never>({ guarded, personas: {} as never });
});

afterAll(() => server.close());

describe('a faulty Usd is told with its place, to the character', () => {
  const invalid = 'GRAPHQL_VALIDATION_FAILED';
  test.each<[string, string, object, string, number]>([
    ['a literal', '{ pay(amount: 1.5) }', {}, invalid, 15],
    ['a literal of another kind', '{ pay(amount: "10") }', {}, invalid, 15],
    ['a negative literal', '{ pay(amount: -1) }', {}, invalid, 15],
    ['a literal beyond 2^53 - 1', '{ pay(amount: 9007199254740992) }', {}, invalid, 15],
    ['a literal in a list', '{ pay(amounts: [1, 1.5]) }', {}, invalid, 20],
    ['a nested literal', '{ pay(limit: { amount: 1.5 }) }', {}, invalid, 24],
    ['a literal in a nested list', '{ pay(limit: { amounts: [1, 1.5] }) }', {}, invalid, 29],
    ['a default', 'query ($a: Usd = 1.5) { pay(amount: $a) }', {}, invalid, 18],
    ['a variable', 'query ($a: Usd) { pay(amount: $a) }', { a: 1.5 }, 'BAD_USER_INPUT', 8],
    ['a variable of another kind', 'query ($a: Usd) { pay(amount: $a) }', { a: '10' }, 'BAD_USER_INPUT', 8],
    ['a variable in a list', 'query ($a: [Usd]) { pay(amounts: $a) }', { a: [1, 1.5] }, 'BAD_USER_INPUT', 8],
    ['a nested variable', 'query ($a: Limit) { pay(limit: $a) }', { a: { amount: 1.5 } }, 'BAD_USER_INPUT', 8],
  ])('%s', async (_what, query, variables, code, column) => {
    const { status, body } = await server.query(query, { variables });
    expect([status, body.errors]).toMatchObject([400, [{ locations: [{ line: 1, column }], extensions: { code } }]]);
  });

  test.each(['0', '9007199254740991', 'null'])('while %s is taken, as a literal and as a variable', async (amount) => {
    const asLiteral = await server.query(`{ pay(amount: ${amount}) }`);
    const variables = { amount: JSON.parse(amount) };
    const asVariable = await server.query('query ($amount: Usd) { pay(amount: $amount) }', { variables });
    expect([asLiteral.body, asVariable.body]).toEqual([{ data: { pay: 'paid' } }, { data: { pay: 'paid' } }]);
  });
});

test('every scalar of the API says what specifies it, at an address that is one', () => {
  const typeDefs = readTypeDefs(new URL('../../schema/', import.meta.url));
  const { schema } = createGuardedSchema({ typeDefs, resolvers, permissions });
  const own = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLScalarType =>
      type instanceof GraphQLScalarType && !['ID', 'String', 'Int', 'Float', 'Boolean'].includes(type.name),
  );
  expect(own.map(({ name, specifiedByURL }) => [name, new URL(specifiedByURL ?? '').protocol]).sort()).toEqual([
    ['DateTime', 'https:'],
    ['JSON', 'https:'],
    ['Usd', 'https:'],
  ]);
});
