import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TestResponse } from '../../src/testing/testClient.ts';
import { type HostileApi, startHostileApi } from '../support/hostileApi.ts';
import { fanOut, nest, prototypeNames, repeat } from '../support/hostileDocuments.ts';
import { queryShapes } from '../support/queryShapes.ts';

let api: HostileApi;

beforeAll(async () => {
  api = await startHostileApi();
});

afterAll(async () => {
  await api.close();
});

beforeEach(() => {
  api.takeCalled();
  api.takeFetches();
});

describe.each([
  ['compiled', { compiling: { compileAfter: 0 } }],
  ['by graphql-js', { executor: 'graphql-js' }],
] as const)('over HTTP as in process, %s:', (_executor, options) => {
  let api: HostileApi;

  beforeAll(async () => {
    api = await startHostileApi(options);
  });

  afterAll(async () => {
    await api.close();
  });

  beforeEach(() => {
    api.takeCalled();
    api.takeFetches();
  });

  test.each(queryShapes)('$name', async ({ name, data, errors, loads, called, as = 'clerk', query, ...asking }) => {
    const crates = api.crateIds();
    const answer = await api.query(query, { as, ...asking });
    expect(dataOf(answer)).toEqual(data);
    expect(errorsOf(answer).toSorted()).toEqual(errors.toSorted());
    expect(answer.status).toBe(data === undefined ? 403 : 200);
    expect(api.takeFetches()).toHaveLength(loads);
    expect(api.takeCalled().toSorted()).toEqual(called.toSorted());
    if (data === undefined) expect(api.crateIds()).toEqual(crates);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret of|notes of c-2|signed|4000/);
  });

  test.each(prototypeNames)('%s is a name like any other', async (name) => {
    const query = `query ${name} ($${name}: ID! = "c-1") { ${name}: crate(id: $${name}) { ...${name} } secret }
      fragment ${name} on Crate { ${name}: notes }`;
    const own = await api.query(query, { as: 'clerk', operationName: name });
    expect(dataOf(own)).toBe(`{"${name}":{"${name}":"notes of c-1"},"secret":null}`);
    const other = await api.query(query.replace('c-1', 'c-2'), { as: 'clerk', operationName: name });
    expect(dataOf(other)).toBe(`{"${name}":{"${name}":null},"secret":null}`);
    const unknown = await api.query('query A { open } query B { open }', { operationName: name });
    expect([unknown.status, codesOf(unknown)]).toEqual([400, ['OPERATION_RESOLUTION_FAILURE']]);
  });

  test.each(prototypeNames)('a variable called %s is given as any other, but for __proto__ in a body', async (name) => {
    const query = `query ($${name}: ID!) { crate(id: $${name}) { notes } }`;
    const variables = `{"${name}":"c-1"}`;
    const posted = await api.send(`{"query":${JSON.stringify(query)},"variables":${variables}}`, { as: 'clerk' });
    if (name === '__proto__') {
      // Fastify refuses such a body as a whole, in case that something copies it carelessly.
      expect([posted.status, codesOf(posted)]).toEqual([400, ['BAD_REQUEST']]);
    } else {
      expect([posted.status, dataOf(posted)]).toEqual([200, '{"crate":{"notes":"notes of c-1"}}']);
    }
    const search = new URLSearchParams({ query: query.replace('{ notes }', '{ id }'), variables });
    const got = await fetch(`${api.url}/graphql?${search}`, { headers: { 'apollo-require-preflight': '1' } });
    // Sent without a token: the variable was understood, and the field is refused.
    expect([got.status, await got.json()]).toMatchObject([401, { errors: [{ path: ['crate'] }] }]);
  });
});

describe('a document of several operations', () => {
  const query = 'query A { open } query B { secret }';
  test.each<readonly [string, object, number, string | undefined]>([
    ['without a name', {}, 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['with an unknown name', { operationName: 'C' }, 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['with a name in another case', { operationName: 'a' }, 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['with the name of the one allowed', { operationName: 'A' }, 200, undefined],
    ['with the name of the one denied', { operationName: 'B' }, 403, 'FORBIDDEN'],
  ])('%s', async (_name, asking, status, code) => {
    for (const _again of [1, 2]) {
      const answer = await api.query(query, { as: 'clerk', ...asking });
      expect([answer.status, codesOf(answer)[0]]).toEqual([status, code]);
      expect(api.takeCalled()).toEqual(status === 200 ? ['Query.open'] : []);
      expect(api.takeFetches()).toEqual(status === 403 ? ['clerk'] : []);
    }
  });
});

test('one document asked by several callers, with other variables, is answered to each by their own rights', async () => {
  const query = 'query ($id: ID!, $more: Boolean!) { crate(id: $id) { notes } secret @include(if: $more) }';
  const ask = async (as: 'manager' | 'clerk' | 'newcomer', id: string, more: boolean) =>
    dataOf(await api.query(query, { as, variables: { id, more } }));
  const round = () =>
    Promise.all([
      ask('clerk', 'c-1', true),
      ask('manager', 'c-2', true),
      ask('newcomer', 'c-1', false),
      ask('clerk', 'c', false),
    ]);
  const expected = [
    '{"crate":{"notes":"notes of c-1"},"secret":null}',
    '{"crate":{"notes":null},"secret":"secret of the depot"}',
    '{"crate":{"notes":null}}',
    '{"crate":{"notes":"notes of c"}}',
  ];
  expect(await round()).toEqual(expected);
  expect(await round()).toEqual(expected);
});

describe('what is nested more deeply than the stack goes', () => {
  const filter = (levels: number) => `${'{"and":['.repeat(levels)}{}${']}'.repeat(levels)}`;
  test.each([
    [
      'a value in the document',
      `{"query":"{ echo(anything: ${'['.repeat(2_450)}${']'.repeat(2_450)}) }"}`,
      'GRAPHQL_PARSE_FAILED',
    ],
    ['a selection', `{"query":"{ ${'...{'.repeat(2_490)} open"}`, 'GRAPHQL_PARSE_FAILED'],
    [
      'a variable',
      `{"query":"query ($f: Filter) { echo(filter: $f) }","variables":{"f":${filter(15_000)}}}`,
      'BAD_USER_INPUT',
    ],
  ])('%s: 400, and no internal error', async (_name, body, code) => {
    api.takeLog();
    const answer = await api.send(body, { as: 'clerk' });
    expect([answer.status, codesOf(answer)]).toEqual([400, [code]]);
    expect(api.takeLog().map(({ msg }) => msg)).toEqual(['operation']);
    expect(api.takeCalled()).toEqual([]);
  });
});

test('a subscription is not executed as if it were a query', async () => {
  const answer = await api.query('subscription { stored { id } }', { as: 'clerk' });
  expect([answer.status, codesOf(answer), api.takeCalled()]).toEqual([400, ['BAD_USER_INPUT'], []]);
});

describe('too large', () => {
  const stores = (count: number) => repeat(count, () => 'store(input: { id: "x" }) { crate { id } }');
  test.each<readonly [string, string, object]>([
    ['fragments that fan out thirty levels', fanOut(30), { counted: 'fields', cost: 3_221_225_471, limit: 2_000 }],
    [
      'two thousand aliases',
      `{ ${repeat(1_250, (n) => `a${n}: secret`)} ...F } fragment F on Query { ${repeat(750, () => 'open')} }`,
      { counted: 'rootFields', cost: 2_000, limit: 100 },
    ],
    [
      'two thousand repeated fields of a mutation',
      `mutation { ${repeat(40, () => '...F')} } fragment F on Mutation { ${stores(50)} }`,
      { counted: 'fields', cost: 6_000, limit: 2_000 },
    ],
    [
      'eleven fields of a mutation under one name',
      `mutation { ${stores(11)} }`,
      { counted: 'rootFields', cost: 11, limit: 10 },
    ],
    ['deep nesting', nest(1_600), { counted: 'depth', cost: 1_600, limit: 20 }],
    [
      'introspection',
      `{ __schema { types { ${repeat(2_000, () => 'name')} } } }`,
      { counted: 'fields', cost: 2_002, limit: 2_000 },
    ],
    [
      'one that a condition would leave out',
      `{ open self @skip(if: true) { ${repeat(2_000, () => 'open')} } }`,
      { counted: 'fields', cost: 2_002, limit: 2_000 },
    ],
    [
      'one that is invalid besides',
      `{ ${repeat(101, () => 'nothing')} }`,
      { counted: 'rootFields', cost: 101, limit: 100 },
    ],
  ])('%s: refused, for every caller, before anything is looked up or executed', async (_name, query, details) => {
    const crates = api.crateIds();
    // Twice, because Apollo Server remembers documents.
    for (const as of ['manager', undefined] as const) {
      const answer = await api.query(query, as ? { as } : {});
      expect(answer.status).toBe(400);
      expect(answer.body).toEqual({
        errors: [
          {
            message: expect.any(String),
            extensions: { code: 'OPERATION_TOO_COMPLEX', ...details },
          },
        ],
      });
    }
    expect([api.takeCalled(), api.takeFetches(), api.crateIds()]).toEqual([[], [], crates]);
  });

  test('what is just not too large is answered', async () => {
    const { status, body } = await api.query(`{ ${repeat(100, (n) => `a${n}: open`)} }`);
    expect([status, Object.keys(body.data as object).length]).toEqual([200, 100]);
    const introspection = await api.query(getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true }));
    expect([introspection.status, introspection.body.errors]).toEqual([200, undefined]);
  });

  test('limits are an option', async () => {
    const small = await startHostileApi({ limits: { maxFields: 2 } });
    try {
      expect((await small.query('{ open o: open }')).status).toBe(200);
      expect(codesOf(await small.query('{ open o: open p: open }'))).toEqual(['OPERATION_TOO_COMPLEX']);
      expect((await small.query(`{ self { ${'self {'.repeat(30)} open ${'}'.repeat(30)} } }`)).status).toBe(400);
    } finally {
      await small.close();
    }
  });

  test('the log says so, without the document', async () => {
    api.takeLog();
    await api.query(fanOut(30), { as: 'clerk' });
    const lines = api.takeLog();
    expect(lines).toMatchObject([
      { msg: 'operation', status: 400, errorCodes: ['OPERATION_TOO_COMPLEX'], claims: 'not-loaded' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('inside');
  });
});

function dataOf({ body }: TestResponse): string | undefined {
  return body.data === undefined ? undefined : JSON.stringify(body.data);
}

function codesOf({ body }: TestResponse): readonly unknown[] {
  return (body.errors ?? []).map(({ extensions }) => extensions.code);
}

function errorsOf({ body }: TestResponse): readonly string[] {
  return (body.errors ?? []).map(({ path, extensions }) => `${path?.join('.')} ${extensions.code}`);
}
