import { createHash } from 'node:crypto';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { publicField, requireScope } from '../../../src/rules/index.ts';
import { createTestServer, type TestServer } from '../../../src/testing/index.ts';

const secret = 'row q4711';

/** A scalar as many are written: it refuses by whatever error. */
function refusing(name: string, refuse: () => never) {
  return new GraphQLScalarType({
    name,
    parseValue: (value) => (value === 'good' ? value : refuse()),
    parseLiteral: (node: ValueNode) => (node.kind === Kind.STRING && node.value === 'good' ? node.value : refuse()),
  });
}

const scalars = {
  Plain: refusing('Plain', () => {
    throw new Error('must be good');
  }),
  Typed: refusing('Typed', () => {
    throw new TypeError('must be good');
  }),
  Coded: refusing('Coded', () => {
    throw new GraphQLError('must be good', { extensions: { code: 'OWN', row: secret } });
  }),
};

const typeDefs = /* GraphQL */ `
  scalar Plain
  scalar Typed
  scalar Coded
  enum Kind { LETTER PARCEL }
  input Filter { kind: Kind plain: Plain typed: Typed coded: Coded weight: Int }
  type Query {
    hello: String
    mine: String
    plain(value: Plain, values: [Plain], filter: Filter): String
    typed(value: Typed, values: [Typed], filter: Filter): String
    coded(value: Coded, values: [Coded], filter: Filter): String
    kind(value: Kind): String
  }
  type Mutation { change: String }
`;

const answered = () => 'answered';
const resolvers = {
  ...scalars,
  Query: { hello: answered, mine: answered, plain: answered, typed: answered, coded: answered, kind: answered },
  Mutation: { change: answered },
};
const permissions = { '*': publicField('for tests'), Query: { mine: requireScope('read') } };
const personas = { reader: { kind: 'user', scopes: ['read'] } } as const;

let server: TestServer<'reader'>;

beforeAll(async () => {
  const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
  server = await createTestServer({ guarded, personas });
});

afterAll(() => server.close());

async function get(search: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${server.url}/graphql${search}`, { headers });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}

async function post(body: unknown) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const codesIn = (body: { readonly errors?: readonly { readonly extensions: { readonly code?: unknown } }[] }) =>
  body.errors?.map(({ extensions }) => extensions.code);

describe('a persisted query is not supported, and clients are told so by the code that they act on', () => {
  const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };

  test.each([
    ['without the query', { extensions: { persistedQuery } }],
    ['with the query', { query: '{ hello }', extensions: { persistedQuery } }],
    ['of another version', { extensions: { persistedQuery: { version: 2 } } }],
  ])('by POST %s', async (_how, body) => {
    expect(codesIn((await post(body)).body)).toEqual(['PERSISTED_QUERY_NOT_SUPPORTED']);
  });

  test('by GET', async () => {
    const extensions = encodeURIComponent(JSON.stringify({ persistedQuery }));
    const { text } = await get(`?extensions=${extensions}`, { 'apollo-require-preflight': 'true' });
    expect(codesIn(JSON.parse(text))).toEqual(['PERSISTED_QUERY_NOT_SUPPORTED']);
  });
});

describe("an error of Apollo Server's own about the request has its code", () => {
  const preflighted = { 'apollo-require-preflight': 'true' };

  test.each([
    ['no query', {}, 'BAD_REQUEST'],
    ['a query that is no text', { query: 1 }, 'BAD_REQUEST'],
    ['a parsed query', { query: { kind: 'Document' } }, 'BAD_REQUEST'],
    ['variables as a text', { query: '{ hello }', variables: '{}' }, 'BAD_REQUEST'],
    ['an operation that is not there', { query: '{ hello }', operationName: 'Other' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['two operations and no name', { query: 'query A { hello } query B { hello }' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['a syntax error', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ hullo }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s', async (_what, body, code) => {
    const answer = await post(body);
    expect([answer.status, codesIn(answer.body)]).toEqual([400, [code]]);
  });

  test.each([
    ['a mutation by GET', '?query=mutation{change}', 405],
    ['a parameter twice', '?query={hello}&query={hello}', 400],
    ['variables that are no JSON', '?query={hello}&variables={', 400],
  ])('%s', async (_what, search, status) => {
    const answer = await get(search, preflighted);
    expect([answer.status, codesIn(JSON.parse(answer.text))]).toEqual([status, ['BAD_REQUEST']]);
  });
});

describe('a GET', () => {
  test.each([
    ['with a token, which a browser sends after a preflight only', 'token'],
    ['with a header that a browser sends after a preflight only', 'apollo-require-preflight'],
    ['with another such header', 'x-apollo-operation-name'],
  ])('%s is answered', async (_how, header) => {
    const headers =
      header === 'token' ? { authorization: `Bearer ${await server.tokenOf('reader')}` } : { [header]: 'yes' };
    const { status, text } = await get('?query={hello}', headers);
    expect([status, JSON.parse(text)]).toEqual([200, { data: { hello: 'answered' } }]);
  });

  test('with a token is answered as the caller who sent it', async () => {
    const { text } = await get('?query={mine}', { authorization: `Bearer ${await server.tokenOf('reader')}` });
    expect(JSON.parse(text)).toEqual({ data: { mine: 'answered' } });
  });

  test('that any page could have a browser send is refused, and told what to send', async () => {
    const { status, text } = await get('?query={hello}');
    expect([status, codesIn(JSON.parse(text))]).toEqual([400, ['BAD_REQUEST']]);
    expect(text).not.toContain('Forgery');
    expect(text).toContain('content-type: application/json');
  });

  test.each(['variables', 'operationName', 'extensions'])('with an empty %s is as one without', async (name) => {
    for (const search of [`?query={hello}&${name}=`, `?${name}=&query={hello}`, `?query={hello}&${name}`]) {
      const { text } = await get(search, { 'apollo-require-preflight': 'true' });
      expect(JSON.parse(text)).toEqual({ data: { hello: 'answered' } });
    }
  });

  test('keeps every other parameter as it was sent', async () => {
    const variables = encodeURIComponent(JSON.stringify({ value: 'good & + % good' }));
    const query = encodeURIComponent('query A($value: Plain) { plain(value: $value) } query B { hello }');
    const { text } = await get(`?operationName=B&query=${query}&extensions=&variables=${variables}&other=1`, {
      'apollo-require-preflight': 'true',
    });
    expect(JSON.parse(text)).toEqual({ data: { hello: 'answered' } });
  });
});

describe('a POST', () => {
  test.each([
    ['operationName', ''],
    ['operationName', null],
    ['variables', null],
    ['variables', ''],
    ['extensions', null],
    ['extensions', ''],
  ])('with %s %j is as one without', async (name, value) => {
    expect(await post({ query: '{ hello }', [name]: value })).toEqual({
      status: 200,
      body: { data: { hello: 'answered' } },
    });
  });
});

describe('a browser that opens the endpoint', () => {
  const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  test('reads a sentence about how to ask', async () => {
    const { status, text, type } = await get('', { accept });
    expect([status, type]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(text).toMatch(/POST \/graphql/);
  });

  test('reads the page that is configured', async () => {
    const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
    const withPage = await createTestServer({ guarded, personas, landingPage: '<!doctype html><title>Hello</title>' });
    const response = await fetch(`${withPage.url}/graphql`, { headers: { accept } });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype html><title>Hello</title>',
    ]);
    await withPage.close();
  });

  test('reads one made for each visit, with its own styles and nothing else', async () => {
    const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
    let visits = 0;
    const landingPage = () => {
      visits += 1;
      return `<!doctype html><style>p { color: red }</style><style>b{}</style><p>${visits}`;
    };
    const withPage = await createTestServer({ guarded, personas, landingPage });
    for (const visit of [1, 2]) {
      const response = await fetch(`${withPage.url}/graphql`, { headers: { accept } });
      expect(await response.text()).toContain(`<p>${visit}`);
      const hash = (sheet: string) => `'sha256-${createHash('sha256').update(sheet).digest('base64')}'`;
      expect(response.headers.get('content-security-policy')).toBe(
        `default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none';style-src ${hash('p { color: red }')} ${hash('b{}')}`,
      );
    }
    await withPage.close();
  });

  test('is answered in JSON where it asks something', async () => {
    const { type } = await get('?query={hello}', {
      accept: 'text/html, application/json',
      'apollo-require-preflight': '1',
    });
    expect(type).toMatch(/^application\/json/);
  });
});

describe.each(['plain', 'typed', 'coded'])('a scalar that refuses what was sent: %s', (field) => {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}`;

  test.each([
    ['a variable', `query ($v: ${type}) { ${field}(value: $v) }`, { v: 'bad' }, 'BAD_USER_INPUT'],
    ['a variable in a list', `query ($v: [${type}]) { ${field}(values: $v) }`, { v: ['bad'] }, 'BAD_USER_INPUT'],
    [
      'a variable in an input',
      `query ($v: Filter) { ${field}(filter: $v) }`,
      { v: { [field]: 'bad' } },
      'BAD_USER_INPUT',
    ],
    ['a literal', `{ ${field}(value: "bad") }`, {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a literal in a list', `{ ${field}(values: ["bad"]) }`, {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a literal in an input', `{ ${field}(filter: { ${field}: "bad" }) }`, {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['a default', `query ($v: ${type} = "bad") { ${field}(value: $v) }`, {}, 'GRAPHQL_VALIDATION_FAILED'],
  ])('%s', async (_where, query, variables, code) => {
    const { status, body } = await post({ query, variables });
    expect([status, codesIn(body)]).toEqual([400, [code]]);
    // graphql-js (16.15) leaves the place of a GraphQLError to the scalar that throws it.
    const isPlaced = field !== 'coded' || code === 'BAD_USER_INPUT';
    expect(body.errors[0].locations?.length ?? 0).toBe(isPlaced ? 1 : 0);
    expect(JSON.stringify(body)).not.toContain('q4711');
  });
});

describe('a faulty variable says nothing of the schema where that is not shown', () => {
  let byCaller: TestServer<'reader'>;
  beforeAll(async () => {
    const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
    byCaller = await createTestServer({ guarded, personas, introspection: 'by-caller' });
  });
  afterAll(() => byCaller.close());

  test.each([
    ['an enum value', 'query ($v: Kind) { kind(value: $v) }', { v: 'PARCLE' }, 'PARCEL'],
    ['an enum value in an input', 'query ($v: Filter) { plain(filter: $v) }', { v: { kind: 'PARCLE' } }, 'PARCEL'],
    ['an input field', 'query ($v: Filter) { plain(filter: $v) }', { v: { wieght: 1 } }, 'weight'],
  ])('%s', async (_what, query, variables, name) => {
    const { status, body } = await post({ query, variables });
    expect([status, codesIn(body)]).toEqual([400, ['BAD_USER_INPUT']]);
    const answer = await byCaller.query(query, { variables });
    expect([answer.status, codesIn(answer.body)]).toEqual([400, ['BAD_USER_INPUT']]);
    for (const message of [body.errors[0].message, answer.body.errors?.[0]?.message]) {
      expect(message).toContain('$v');
      expect(message).not.toContain(name);
    }
  });

  test('and suggests names where it is', async () => {
    const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
    const open = await createTestServer({ guarded, personas, introspection: 'open' });
    const { body } = await open.query('query ($v: Kind) { kind(value: $v) }', { variables: { v: 'PARCLE' } });
    expect(body.errors?.[0]?.message).toContain('PARCEL');
    await open.close();
  });
});

test('a document of more tokens than the server is told to parse is refused', async () => {
  const guarded = createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
  const small = await createTestServer({ guarded, personas, limits: { maxDocumentTokens: 5 } });
  const codes = async (query: string) => codesIn((await small.query(query)).body);
  expect(await codes('{ hello }')).toBeUndefined();
  expect(await codes('{ hello hello hello hello }')).toEqual(['GRAPHQL_PARSE_FAILED']);
  await small.close();
});
