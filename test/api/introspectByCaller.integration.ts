import { buildClientSchema, getIntrospectionQuery, isIntrospectionType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type HostileApi,
  type HostilePerson,
  startHostileApi,
} from '../../packages/claimgraph/test/support/hostileApi.ts';
import { fieldCoordinates } from '../../src/generated/fieldCoordinates.ts';
import { type Api, type Persona, startApi, type TestResponse } from '../support/api.ts';

describe('the investments API, introspected', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ introspection: 'by-caller' });
  });
  afterAll(() => api.close());

  const audit = fieldCoordinates.filter((coordinate) => /^AuditEvent|^Query\.auditLog$/.test(coordinate));
  const payments = ['Mutation.createTransaction', 'CreateTransactionPayload.transaction'];
  const administration = fieldCoordinates.filter(
    (coordinate) => /^Mutation|^UserClaims|Payload\./.test(coordinate) && !payments.includes(coordinate),
  );
  const confidential = ['Company.boardNotes', 'Company.internalRating'];
  test.each<readonly [Persona, readonly string[]]>([
    ['global-admin', []],
    ['auditor', [...payments, ...administration]],
    ['usa-manager', [...administration, ...audit]],
    ['investor-90', [...payments, ...administration, ...audit]],
    ['newcomer', [...payments, ...administration, ...audit, ...confidential, 'Investor.email']],
    ['reporting-job', [...payments, ...administration]],
  ])('by %s shows all but what they can never reach', async (as, hidden) => {
    const { body } = await api.query(getIntrospectionQuery(), { as });
    expect(coordinatesOf(body)).toEqual(fieldCoordinates.filter((coordinate) => !hidden.includes(coordinate)));
  });

  test('by somebody without a token shows what needs none', async () => {
    const { body } = await api.query(getIntrospectionQuery());
    expect(coordinatesOf(body)).toEqual(['Query.health']);
  });

  test('follows the token: the same person, without the scope, sees what needs none', async () => {
    const token = await api.tokenOf('global-admin', { scope: 'openid' });
    const { body } = await api.query(getIntrospectionQuery(), { token });
    expect(coordinatesOf(body)).toEqual(['Query.health']);
  });

  test('a misspelt field is answered without the names of others', async () => {
    const { body } = await api.query('{ auditLo { totalCount } }', { as: 'newcomer' });
    expect(JSON.stringify(body)).not.toMatch(/did you mean|auditLog/i);
  });
});

describe('however it is asked for', () => {
  let api: HostileApi;
  beforeAll(async () => {
    api = await startHostileApi({ introspection: 'by-caller', compiling: { compileAfter: 0 } });
  });
  afterAll(() => api.close());

  const types = 'types { name fields { name } }';
  const inMutation = 'mutation { store(input: { id: "s-1" }) { query { __schema { TYPES } } } }'.replace(
    'TYPES',
    types,
  );
  const shapes: readonly (readonly [string, string])[] = [
    ['plainly', `{ __schema { ${types} } }`],
    ['under an alias, beside data', `{ open all: __schema { ${types} } crate(id: "c-1") { id } }`],
    [
      'in fragments',
      `{ ...A } fragment A on Query { ... on Query { __schema { ...B } } } fragment B on __Schema { ${types} }`,
    ],
    ['below the root', `{ self { self { __schema { ${types} } } } }`],
    ['below a mutation', inMutation],
    ['by the query type', '{ __schema { queryType { fields { name type { name fields { name } } } } } }'],
    [
      'by a type',
      '{ a: __type(name: "Query") { fields { name } } b: __type(name: "Chain") { fields { name } } c: __type(name: "Receipt") { fields { name } } }',
    ],
    ['by a type, below the root', '{ self { __type(name: "Chain") { fields { name } } } }'],
    ['by possible types', '{ __type(name: "Found") { possibleTypes { name fields { name } } } }'],
    ['under a condition', `query ($yes: Boolean = true) { __schema @include(if: $yes) { ${types} } }`],
  ];

  test.each(shapes)('%s, a clerk is not told what only managers reach', async (_shape, query) => {
    expect(await namesSeen(query, 'clerk')).not.toMatch(/"(secret|salary|valueOf|burn|signature|nobody)"/);
  });

  test.each(shapes)('%s, a manager is told', async (_shape, query) => {
    expect(await namesSeen(query, 'manager')).toMatch(/"(secret|salary|signature)"/);
  });

  test('by GET', async () => {
    const query = encodeURIComponent(`{ __schema { ${types} } }`);
    const response = await fetch(`${api.url}/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } });
    const body = (await response.json()) as {
      data: { __schema: { types: { name: string; fields: object[] | null }[] } };
    };
    const queryType = body.data.__schema.types.find(({ name }) => name === 'Query');
    expect(queryType?.fields).toEqual([{ name: 'open' }]);
  });

  test('a type that is not reached is one that does not exist', async () => {
    const { body } = await api.query('{ a: __type(name: "constructor") { name } b: __type(name: "Nothing") { name } }');
    expect(body).toEqual({ data: { a: null, b: null } });
  });

  test('claims are looked up for it, and while that fails it is refused', async () => {
    api.takeFetches();
    await api.query('{ __schema { queryType { name } } open }', { as: 'clerk' });
    expect(api.takeFetches()).toEqual(['clerk']);
    api.setClaimsStore('down');
    const { status, body } = await api.query('{ open __type(name: "Query") { name } }', { as: 'clerk' });
    api.setClaimsStore('up');
    expect([status, body.data]).toEqual([200, { open: 'open', __type: null }]);
    expect(body.errors).toMatchObject([{ path: ['__type'], extensions: { code: 'CLAIMS_UNAVAILABLE' } }]);
  });

  test('what is needed for it is looked up for nothing else', async () => {
    api.takeFetches();
    await api.query('{ __typename open }', { as: 'clerk' });
    expect(api.takeFetches()).toEqual([]);
  });

  async function namesSeen(query: string, as: HostilePerson): Promise<string> {
    const { status, body } = await api.query(query, { as });
    expect([status, body.errors]).toEqual([200, undefined]);
    return JSON.stringify(body.data);
  }
});

test('another server that shows its schema to everybody still does', async () => {
  const closed = await startHostileApi({ introspection: 'by-caller' });
  const open = await startHostileApi({ introspection: 'open' });
  const { body } = await open.query('{ __type(name: "Chain") { fields { name } } }');
  expect(JSON.stringify(body)).toContain('secret');
  await closed.close();
  await open.close();
});

test('where introspection is off, the client reads so, and nothing of what serves it', async () => {
  const api = await startHostileApi({ introspection: 'off' });
  try {
    expect(await api.query('{ a: __type(name: "Query") { name } }')).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            message: expect.not.stringMatching(/apollo/i),
            locations: [{ line: 1, column: 3 }],
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      },
    });
  } finally {
    await api.close();
  }
});

function coordinatesOf({ data }: TestResponse['body']): readonly string[] {
  const schema = buildClientSchema(data as never);
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !isIntrospectionType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`))
    .sort();
}
