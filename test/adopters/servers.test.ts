import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Library, startLibrary } from './support/library.ts';
import { addedLines, filesOf, type Page } from './support/pages.ts';

const { folder } = inject('scratch');

/** The server of a page, and where it answers. */
interface Server {
  readonly page: Page;
  readonly file: string;
  readonly path: string;
}

const servers: readonly Server[] = [
  { page: 'apollo', file: 'standalone', path: '/' },
  { page: 'apollo', file: 'express', path: '/graphql' },
  { page: 'yoga', file: 'server', path: '/graphql' },
  { page: 'mercurius', file: 'server', path: '/graphql' },
  { page: 'pothos', file: 'server', path: '/graphql' },
  { page: 'subgraph', file: 'server', path: '/' },
  { page: 'nestjs', file: 'server', path: '/graphql' },
];

describe.each(servers)('$page $file', ({ page, file, path }) => {
  let library: Library;

  beforeAll(async () => {
    library = await startLibrary({ project: join(folder, page), command: [`dist/${file}.js`], path });
  });

  afterAll(async () => {
    await library?.stop();
  });

  test('has at most ten lines for the guard, none longer than others are', () => {
    const lines = addedLines(filesOf(page).get(`${file}.ts`) ?? '');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThanOrEqual(10);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  });

  test('answers what the caller may read', async () => {
    const query = '{ motto takings books { title price borrower note shelf } }';
    expect(await library.ask(query, 'ada')).toMatchObject({
      status: 200,
      data: {
        motto: 'Silence is golden.',
        takings: 28,
        books: [
          { title: 'Emma', price: 9, borrower: 'Bob', note: 'a torn page', shelf: 'A1' },
          { title: 'Ulysses', price: 19, borrower: 'Cleo', note: 'as new', shelf: 'A2' },
        ],
      },
      errors: [],
    });
  });

  test('refuses field by field and row by row', async () => {
    expect(await library.ask('{ motto takings books { title price borrower } }', 'bob')).toMatchObject({
      status: 200,
      data: {
        motto: 'Silence is golden.',
        takings: null,
        books: [
          { title: 'Emma', price: null, borrower: 'Bob' },
          { title: 'Ulysses', price: null, borrower: null },
        ],
      },
      errors: [
        'books.0.price: FORBIDDEN',
        'books.1.borrower: FORBIDDEN',
        'books.1.price: FORBIDDEN',
        'takings: FORBIDDEN',
      ],
    });
  });

  test('gives somebody without a token what everybody may read, and asks for one where that is nothing', async () => {
    expect(await library.ask('{ motto books { title } }', 'nobody')).toMatchObject({
      status: 200,
      data: { motto: 'Silence is golden.', books: null },
      errors: ['books: UNAUTHENTICATED'],
    });
    expect(await library.ask('{ books { title } }', 'nobody')).toMatchObject({
      status: 401,
      challenge: expect.stringMatching(/^Bearer (?!.*error=)/),
      errors: ['books: UNAUTHENTICATED'],
    });
  });

  test('takes a token that is not accepted for none', async () => {
    expect(await library.ask('{ motto }', 'forger')).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
      errors: ['UNAUTHENTICATED'],
    });
  });

  test('executes a mutation as a whole or not at all', async () => {
    const mutation = 'mutation ($title: String!) { reserve(title: $title) { title } discard(title: $title) { title } }';
    expect(await library.ask(mutation, 'bob', { title: 'Emma' })).toMatchObject({
      status: 403,
      errors: ['discard: FORBIDDEN'],
    });
    expect(await library.ask(mutation, 'ada', { title: 'Emma' })).toMatchObject({
      status: 200,
      data: { reserve: { title: 'Emma' }, discard: { title: 'Emma' } },
    });
  });

  test('says of an outage that it is one, in whole and in part, and tells the operator', async () => {
    await library.withoutPeople(async () => {
      expect(await library.ask('{ takings }', 'ada')).toMatchObject({
        status: 503,
        retryAfter: expect.stringMatching(/^\d+$/),
        errors: ['takings: CLAIMS_UNAVAILABLE'],
      });
      expect(await library.ask('{ motto takings }', 'ada')).toMatchObject({
        status: 200,
        data: { motto: 'Silence is golden.', takings: null },
        errors: ['takings: CLAIMS_UNAVAILABLE'],
      });
      expect(await library.ask('{ motto books { title } }', 'bob')).toMatchObject({ status: 200, errors: [] });
    });
    expect(library.output.stderr).toContain('[CLAIMS_UNAVAILABLE]');
  });

  test('applies deny modes, each time that the document comes', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect(await library.ask('{ books { title price note } }', 'bob')).toMatchObject({
        status: 200,
        data: { books: [{ title: 'Emma', price: null, note: 'a torn page' }] },
        errors: ['books.0.price: FORBIDDEN'],
      });
      const { status, data, errors } = await library.ask('{ motto books { shelf } }', 'bob');
      expect([status, data ?? undefined, errors]).toEqual([403, undefined, ['books.shelf: FORBIDDEN']]);
    }
  });

  test('shows each caller the part of the schema that they can reach', async () => {
    const shown = async (asker: 'ada' | 'bob' | 'nobody') => {
      const query = '{ __schema { types { fields { name } } } __type(name: "Book") { fields { name } } }';
      const { text } = await library.ask(query, asker);
      return ['motto', 'books', 'takings', 'discard', 'price', 'shelf'].filter((name) => text.includes(`"${name}"`));
    };
    expect(await shown('nobody')).toEqual(['motto']);
    expect(await shown('bob')).toEqual(['motto', 'books']);
    expect(await shown('ada')).toEqual(['motto', 'books', 'takings', 'discard', 'price', 'shelf']);
  });

  if (file === 'express') {
    test('runs the plugin and the context function that it had, for refused operations too', async () => {
      for (const query of ['{ motto }', '{ takings }']) {
        expect((await library.ask(query, 'bob')).timing).toMatch(/^total;dur=\d+$/);
      }
    });
  }

  if (page === 'subgraph') {
    const query = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Book { title price borrower } } }';
    const of = ['Ulysses', 'Emma', 'none'].map((title) => ({ __typename: 'Book', title }));

    test('decides entities by the rules of their fields and rows', async () => {
      expect(await library.ask(query, 'bob', { of })).toMatchObject({
        status: 200,
        data: {
          _entities: [
            { title: 'Ulysses', price: null, borrower: null },
            { title: 'Emma', price: null, borrower: 'Bob' },
            null,
          ],
        },
        errors: ['_entities.0.borrower: FORBIDDEN', '_entities.0.price: FORBIDDEN', '_entities.1.price: FORBIDDEN'],
      });
      expect(await library.ask(query, 'ada', { of })).toMatchObject({
        data: { _entities: [{ price: 19, borrower: 'Cleo' }, { price: 9, borrower: 'Bob' }, null] },
        errors: [],
      });
    });

    test('resolves no reference for whoever may not ask for entities, and shows the SDL to nobody else', async () => {
      expect(await library.ask(query, 'nobody', { of })).toMatchObject({
        status: 401,
        errors: ['_entities: UNAUTHENTICATED'],
      });
      expect(await library.ask('{ _service { sdl } }', 'ada')).toMatchObject({
        status: 403,
        errors: ['_service: INSUFFICIENT_SCOPE'],
      });
    });
  }

  test('sends no stack of ours, no place in the code, and nothing of a token', async () => {
    const { text } = await library.ask('{ takings books { price } }', 'bob');
    expect(text).not.toMatch(/node_modules|\.js:\d|library\/read|eyJ/);
    expect(library.output.stdout + library.output.stderr).not.toMatch(/eyJ/);
  });
});
