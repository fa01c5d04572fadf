import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HostileApi, startHostileApi } from '../support/hostileApi.ts';

/**
 * Wherever a rule is attached and however its field is reached, over real HTTP: null, the right code and path, nothing
 * protected anywhere in the answer, and the resolver never called.
 */
let api: HostileApi;

beforeAll(async () => {
  api = await startHostileApi();
});

afterAll(async () => {
  await api.close();
});

beforeEach(() => {
  api.takeCalled();
});

/** `Crate.price` says only that the token needs a scope; `Priced.price`, its interface, that one is a manager. */
describe('a rule on an interface binds the implementation, reached', () => {
  test.each([
    ['through the interface', '{ priced { price } }', ['priced', 0, 'price']],
    [
      'through an inline fragment on the implementation',
      '{ priced { ... on Crate { price } } }',
      ['priced', 0, 'price'],
    ],
    ['through a named fragment', '{ priced { ...F } } fragment F on Crate { price }', ['priced', 0, 'price']],
    ['through a fragment on the interface', '{ entity(id: "c-1") { ... on Priced { price } } }', ['entity', 'price']],
    [
      'through a fragment in a fragment',
      '{ found { ... on Labelled { ... on Priced { price } } } }',
      ['found', 0, 'price'],
    ],
    ['by the plain field', '{ crate(id: "c-1") { price } }', ['crate', 'price']],
    ['under an alias', '{ crate(id: "c-1") { id: price } }', ['crate', 'id']],
    ['in a list of lists', '{ grid { price } }', ['grid', 0, 0, 'price']],
  ])('%s', async (_way, query, path) => {
    const { status, body } = await api.query(query, { as: 'clerk' });
    expect(status).toBe(200);
    expect(body.errors?.[0]).toMatchObject({ path, extensions: { code: 'FORBIDDEN' } });
    expect(JSON.stringify(body)).not.toContain('100');
    expect(api.takeCalled()).not.toContain('Crate.price');
    const allowed = await api.query(query, { as: 'manager' });
    expect(allowed.body.errors).toBeUndefined();
    expect(JSON.stringify(allowed.body)).toContain('100');
  });
});

/** `Crate.notes` is on no interface; the row decides. */
describe('a rule on an implementation holds, reached', () => {
  const southern = 'c-2';
  test.each([
    ['through an interface', 'query ($id: ID!) { entity(id: $id) { ... on Crate { notes } } }', ['entity', 'notes']],
    ['by the plain field', 'query ($id: ID!) { crate(id: $id) { notes } }', ['crate', 'notes']],
    [
      'through a named fragment',
      'query ($id: ID!) { crate(id: $id) { ...N } } fragment N on Crate { notes }',
      ['crate', 'notes'],
    ],
  ])('%s', async (_way, query, path) => {
    const { body } = await api.query(query, { as: 'clerk', variables: { id: southern } });
    expect(body.errors).toMatchObject([{ path, extensions: { code: 'FORBIDDEN' } }]);
    expect(JSON.stringify(body)).not.toContain('notes of');
    expect(api.takeCalled()).not.toContain('Crate.notes');
    const own = await api.query(query, { as: 'clerk', variables: { id: 'c-1' } });
    expect(own.body.errors).toBeUndefined();
    expect(JSON.stringify(own.body)).toContain('notes of c-1');
  });
});

describe('names that every object has', () => {
  test('are fields and types like any other', async () => {
    const { body } = await api.query('{ toString constructor { toString constructor: __typename } hasOwnProperty }', {
      as: 'manager',
    });
    expect(body).toEqual({
      data: {
        toString: 'a string',
        constructor: { toString: 'a constructor', constructor: 'constructor' },
        hasOwnProperty: 'a property',
      },
    });
  });

  test('are guarded like any other', async () => {
    const { body } = await api.query('{ open hasOwnProperty constructor { valueOf } }', { as: 'clerk' });
    expect(body.data).toEqual({ open: 'open', hasOwnProperty: null, constructor: { valueOf: null } });
    expect(body.errors?.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['hasOwnProperty'], 'FORBIDDEN'],
      [['constructor', 'valueOf'], 'FORBIDDEN'],
    ]);
    expect(api.takeCalled()).not.toContain('Query.hasOwnProperty');
  });
});

test('a refused non-null field takes only the smallest nullable parent with it', async () => {
  const { status, body } = await api.query('{ open chain { link next { secret } } }', { as: 'clerk' });
  expect(status).toBe(200);
  expect(body.data).toEqual({ open: 'open', chain: null });
  expect(body.errors).toMatchObject([{ path: ['chain', 'next', 'secret'], extensions: { code: 'FORBIDDEN' } }]);
});
