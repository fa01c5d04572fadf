import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nest, prototypeNames, repeat } from '../../packages/claimgraph/test/support/hostileDocuments.ts';
import { type Api, startApi, type TestResponse } from '../support/api.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi();
});

afterAll(async () => {
  await api.close();
});

beforeEach(() => {
  api.takeStatements();
});

// The companies of the USA are com_2, which usa-manager looks after, and com_4; com_1 is elsewhere. Only who looks after a
// company reads its notes.
describe('two companies under aliases', () => {
  const own = 'own: company(id: "com_2") { ...N }';
  const other = 'other: company(id: "com_4") { ...N }';
  const absent = 'absent: company(id: "com_1") { ...N }';
  test.each([
    ['own, other, absent', `{ ${own} ${other} ${absent} }`],
    ['other, absent, own', `{ ${other} ${absent} ${own} }`],
    ['absent, own, other', `{ ${absent} ${own} ${other} }`],
  ])('in the order %s', async (_order, query) => {
    const { body } = await api.query(`${query} fragment N on Company { boardNotes }`, { as: 'usa-manager' });
    expect(body.data).toEqual({ own: { boardNotes: 'note-2' }, other: { boardNotes: null }, absent: null });
    expect(body.errors).toMatchObject([{ path: ['other', 'boardNotes'], extensions: { code: 'FORBIDDEN' } }]);
    expect(JSON.stringify(body)).not.toMatch(/note-[14]/);
  });

  test.each(['com_2-', 'com_2:', 'com_2\u0000', '{"id":"com_2"}', '["com_2"]', 'com:2', 'com-2'])(
    'own beside %j, which is none',
    async (id) => {
      const query = (first: string, second: string) =>
        `query ($id: ID!) { ${first}: company(id: ${first === 'own' ? '"com_2"' : '$id'}) { boardNotes }
          ${second}: company(id: ${second === 'own' ? '"com_2"' : '$id'}) { boardNotes } }`;
      for (const order of [query('own', 'none'), query('none', 'own')]) {
        const { body } = await api.query(order, { as: 'usa-manager', variables: { id } });
        expect(body).toEqual({ data: { own: { boardNotes: 'note-2' }, none: null } });
      }
    },
  );
});

test.each([
  ['companies { totalCount nodes { id name internalRating } }', 1],
  ['companies { totalCount nodes { transactions(first: 10) { ...T } } }', 3],
  ['auditLog { ... on AuditEventConnection { totalCount edges { node { id } } } }', 1],
])('%s costs as few statements as it has tables', async (selection, count) => {
  const fragment = 'fragment T on TransactionConnection { totalCount nodes { id investor { id } } }';
  const query = `{ ${selection} } ${selection.includes('...T') ? fragment : ''}`;
  // Claims are remembered from then on.
  await api.query(query, { as: 'auditor' });
  api.takeStatements();
  const { body } = await api.query(query, { as: 'auditor' });
  expect(body.errors).toBeUndefined();
  expect(api.takeStatements()).toHaveLength(count);
});

describe('a denied field', () => {
  const query =
    'query ($audit: Boolean! = false) { health ...A @include(if: $audit) } fragment A on Query { auditLog { totalCount } }';
  test.each([
    ['that is left out by a variable', { audit: false }, { health: 'ok' }, []],
    ["that is left out by a variable's default", undefined, { health: 'ok' }, []],
    ['that is included by a variable', { audit: true }, { health: 'ok', auditLog: null }, ['FORBIDDEN']],
  ])('%s', async (_name, variables, data, codes) => {
    const token = await api.tokenOf('newcomer', { sub: `nobody has asked for ${JSON.stringify(variables)}` });
    const answer = await api.query(query, { token, ...(variables && { variables }) });
    expect([answer.body.data, codesOf(answer)]).toEqual([data, codes]);
    // Only then are claims looked up.
    expect(api.takeStatements()).toHaveLength(codes.length);
  });
});

describe('only the operation that is named', () => {
  const query = 'query Health { health } query Audit { auditLog { totalCount } }';
  test.each<readonly [string | undefined, number, readonly string[]]>([
    ['Health', 200, []],
    ['Audit', 403, ['FORBIDDEN']],
    ['Other', 400, ['OPERATION_RESOLUTION_FAILURE']],
    [undefined, 400, ['OPERATION_RESOLUTION_FAILURE']],
    ...prototypeNames.map((name) => [name, 400, ['OPERATION_RESOLUTION_FAILURE']] as const),
  ])('is planned: %s is answered with %i', async (operationName, status, codes) => {
    const asking = operationName === undefined ? {} : { operationName };
    const answer = await api.query(query, { as: 'usa-manager', ...asking });
    expect([answer.status, codesOf(answer)]).toEqual([status, codes]);
  });
});

describe('what is no operation of this schema', () => {
  const deferred = '... @defer { boardNotes }';
  test.each([
    ['40 KB of braces', '{'.repeat(40_000), 'GRAPHQL_PARSE_FAILED'],
    ['40 KB of brackets', `{ nodes(ids: ${'['.repeat(40_000)}`, 'GRAPHQL_PARSE_FAILED'],
    ['two thousand aliases', `{ ${repeat(2_000, (n) => `a${n}: health`)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['twelve hundred aliases', `{ ${repeat(1_200, (n) => `a${n}: health`)} }`, 'OPERATION_TOO_COMPLEX'],
    ['a field two thousand times', `{ ${repeat(2_000, () => 'health')} }`, 'OPERATION_TOO_COMPLEX'],
    ['a ladder of fields', nest(1_000).replaceAll('self', 'company'), 'OPERATION_TOO_COMPLEX'],
    [
      'a fragment that spreads itself',
      '{ health ...A } fragment A on Query { health ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'fragments in a circle',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { health ...A }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a fragment that is not there', '{ health ...constructor }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown directive', '{ health @public }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a directive without its argument', '{ health @skip }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a directive with a variable that is no Boolean',
      'query ($v: String) { health @skip(if: $v) }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['@defer', `{ company(id: "com_2") { ${deferred} } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['@stream', '{ companies { nodes @stream(initialCount: 0) { id } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a field of queries in a mutation', 'mutation { health }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a field of mutations in a query',
      '{ signOutEverywhere(input: { managerId: "1" }) { managerId } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a subscription over a plain POST', 'subscription { viewerChanged { subject } }', 'BAD_USER_INPUT'],
    [
      '2,400 lists in one another',
      `{ nodes(ids: ${'['.repeat(2_400)}${']'.repeat(2_400)}) { id } }`,
      'GRAPHQL_PARSE_FAILED',
    ],
    ['SDL', 'type Query { health: String }', 'GRAPHQL_VALIDATION_FAILED'],
    ['nothing', '', 'BAD_REQUEST'],
  ])('%s: 400, with nothing looked up', async (_name, query, code) => {
    const answer = await api.query(query, { as: 'global-admin' });
    expect([answer.status, codesOf(answer)[0]]).toEqual([400, code]);
    expect(answer.body).not.toHaveProperty('data');
    expect(api.takeStatements()).toEqual([]);
  });

  test('an array of operations', async () => {
    for (const body of [[{ query: '{ health }' }], [{ query: '{ health }' }, { query: '{ health }' }], []]) {
      const response = await fetch(`${api.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).not.toHaveProperty('data');
    }
  });

  test('asking for incremental delivery changes nothing', async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed; deferSpec=20220824, application/json' },
      body: JSON.stringify({ query: `{ company(id: "com_2") { id ${deferred} } }` }),
    });
    expect(response.status).toBe(400);
  });
});

test('the introspection query of the usual tools is answered', async () => {
  const answer = await api.query(getIntrospectionQuery({ schemaDescription: true, oneOf: true, specifiedByUrl: true }));
  expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
});

test('an introspection query that goes round in circles is refused', async () => {
  const rounds = 'fields { type { fields { type { fields { type { fields { name } } } } } } }';
  const answer = await api.query(`{ __schema { types { ${rounds} } } }`);
  expect([answer.status, codesOf(answer)]).toEqual([400, ['GRAPHQL_VALIDATION_FAILED']]);
});

function codesOf({ body }: TestResponse): readonly unknown[] {
  return (body.errors ?? []).map(({ extensions }) => extensions.code);
}

test('a document of 200 characters whose result would be a hundred million rows is refused before a statement is sent', async () => {
  const level = (inner: string) => `transactions(first:100){nodes{company{${inner}}}}`;
  const query = `{company(id:"com_2"){${[1, 2, 3, 4].reduce(level, 'id')}}}`;
  expect(query.length).toBeLessThan(200);
  for (const as of ['global-admin', 'usa-manager'] as const) {
    const answer = await api.query(query, { as });
    expect([answer.status, answer.body.data, answer.body.errors?.[0]?.extensions]).toEqual([
      400,
      undefined,
      { code: 'OPERATION_TOO_COMPLEX', counted: 'cost', limit: 100_000, cost: expect.any(Number) },
    ]);
    expect(answer.body.errors?.[0]?.extensions?.cost).toBeGreaterThan(100_000_000);
  }
  // Neither the claims of who asks nor a row: nothing was begun.
  expect(api.takeStatements()).toEqual([]);
});
