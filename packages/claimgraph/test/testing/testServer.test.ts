import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestServer, type TestServer } from '../../src/testing/testServer.ts';
import { libraryPersonas, openLibrary } from './library.ts';

let library: TestServer<keyof typeof libraryPersonas>;

beforeAll(async () => {
  library = await createTestServer({ guarded: openLibrary(), personas: libraryPersonas });
});

afterAll(async () => {
  await library.close();
});

const catalogue = '{ books { title price borrower } }';

describe('a persona', () => {
  test('asks over real HTTP with a real token, and reads what their claims allow', async () => {
    const answer = await library.query(catalogue, { as: 'librarian' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      data: {
        books: [
          { title: 'Emma', price: 9, borrower: 'Ada' },
          { title: 'Ulysses', price: null, borrower: null },
        ],
      },
      errors: [{ path: ['books', 1, 'price'], extensions: { code: 'FORBIDDEN' } }],
    });
  });

  test('may be anonymous, a machine, without a business record, or from another client', async () => {
    const statuses = await Promise.all(
      (['visitor', 'stock-taker', 'newcomer', 'stranger'] as const).map(async (as) => {
        return (await library.query('{ books { title } }', { as })).status;
      }),
    );
    expect(statuses).toEqual([401, 200, 200, 403]);
  });

  test('has a token that can be changed, and one whose time is over is refused', async () => {
    const token = await library.tokenOf('member', { iat: 1_000, exp: 2_000 });
    expect(await library.query(catalogue, { token })).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'expired' } }] },
    });
  });

  test('without a token has none to be changed', async () => {
    await expect(library.tokenOf('visitor')).rejects.toThrow('visitor');
  });
});

describe('a persona that there is not', () => {
  const known = /personas .*librarian.*; got/;
  test.each(['libarian', 'toString', '__proto__', '', null, 7])(
    'is named beside those that there are: %o',
    async (name) => {
      const as = name as never;
      await expect(library.query(catalogue, { as })).rejects.toThrow(known);
      await expect(library.tokenOf(as)).rejects.toThrow(known);
      await expect(library.expectDecisions(catalogue, as)).rejects.toThrow(known);
    },
  );

  test('is no anonymous caller where it was left out', async () => {
    await expect(library.expectDecisions('{ motto }', undefined as never)).rejects.toThrow(TypeError);
    await expect(library.tokenOf(undefined as never)).rejects.toThrow(known);
  });
});

describe('expectDecisions', () => {
  test('is content when every field is decided as expected, list items together', async () => {
    await library.expectDecisions(catalogue, 'librarian', { 'books.price': 'FORBIDDEN, allowed' });
    await library.expectDecisions('{ ...all } fragment all on Query { m: motto books(first: 1) { title } }', 'member');
    await library.expectDecisions(
      'query ($first: Int!) { books(first: $first) { title } }',
      'member',
      {},
      {
        variables: { first: 2 },
      },
    );
  });

  test('takes a request that was refused as a whole for what it is, field by field', async () => {
    await library.expectDecisions('{ books { title } takings }', 'visitor', {
      books: 'UNAUTHENTICATED',
      'books.title': 'not reached',
      takings: 'UNAUTHENTICATED',
    });
  });

  test('says in one message everything that differs, and what there is', async () => {
    const asked = library.expectDecisions(catalogue, 'member', {
      'books.borrower': 'FORBIDDEN',
      'book.title': 'allowed',
    });
    await expect(asked).rejects.toMatchObject({
      code: 'ERR_ASSERTION',
      message: expect.stringMatching(
        new RegExp(
          [
            String.raw` for member .*\(3\):`,
            String.raw`  book\.title: .* books, books\.title, books\.price, books\.borrower`,
            String.raw`  books\.price: .* allowed; got FORBIDDEN, allowed`,
            String.raw`  books\.borrower: .* FORBIDDEN; got allowed$`,
          ].join('\n'),
        ),
      ),
    });
  });

  test('does not take an empty list for an allowed field', async () => {
    const empty = await createTestServer({ guarded: openLibrary([]), personas: libraryPersonas });
    try {
      await expect(empty.expectDecisions('{ books { title } }', 'member')).rejects.toThrow(
        /^ *books\.title: .*allowed; got not reached$/m,
      );
    } finally {
      await empty.close();
    }
  });

  const two = 'query A { motto } query B { books { price } }';

  test('of several operations takes the one that is named', async () => {
    const expected = { 'books.price': 'FORBIDDEN, allowed' };
    await library.expectDecisions(two, 'librarian', {}, { operationName: 'A' });
    await library.expectDecisions(two, 'librarian', expected, { operationName: 'B' });
  });

  test('does not take a request that failed for a decision', async () => {
    await expect(library.expectDecisions('{ shelf }', 'member')).rejects.toThrow('"shelf"');
    await expect(library.expectDecisions(two, 'member')).rejects.toThrow('query A');
    const ofNone = library.expectDecisions(two, 'member', {}, { operationName: 'C' });
    await expect(ofNone).rejects.toThrow(/\bC\b.*query A/);
  });
});

test('claims come from another source when one is given', async () => {
  const down = await createTestServer({
    guarded: openLibrary(),
    personas: libraryPersonas,
    claims: { source: { fetchClaims: () => Promise.reject(new Error('the store is down')) } },
  });
  try {
    await down.expectDecisions('{ motto takings }', 'librarian', { takings: 'CLAIMS_UNAVAILABLE' });
  } finally {
    await down.close();
  }
});
