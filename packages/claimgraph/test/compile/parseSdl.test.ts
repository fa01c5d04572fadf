import { type DocumentNode, parse, printSchema, Source } from 'graphql';
import { describe, expect, test } from 'vitest';
import { parseSdl, type Sdl, SdlError } from '../../src/compile/parseSdl.ts';

function problemsOf(...typeDefs: readonly Sdl[]): readonly string[] {
  try {
    parseSdl(typeDefs);
  } catch (error) {
    if (error instanceof SdlError) return error.problems.map(({ coordinate, code }) => `${coordinate} ${code}`);
    throw error;
  }
  return [];
}

const query = new Source('type Query {\n  parcel: Parcel\n}\n', 'schema/query.graphql');
const parcel = new Source('type Parcel {\n  id: ID\n}\n', 'schema/parcel.graphql');

test('SDL of several files makes one schema', () => {
  expect(problemsOf(query, parcel)).toEqual([]);
});

test('every syntax error is told, with its file, line and column', () => {
  const broken = new Source('type Parcel {\n  id ID\n}\n', 'schema/parcel.graphql');
  expect(problemsOf(query, broken, 'type')).toEqual([
    'schema/parcel.graphql:2:6 INVALID_SDL',
    'typeDefs[2]:1:5 INVALID_SDL',
  ]);
});

test('so is every type and directive that there is none of', () => {
  const misspelt = new Source('type Query {\n  parcel: Parcle\n  size: Int @rounded\n}\n', 'schema/query.graphql');
  expect(problemsOf(misspelt, parcel)).toEqual([
    'schema/query.graphql:2:11 INVALID_SDL',
    'schema/query.graphql:3:13 INVALID_SDL',
  ]);
});

test('what is there twice is told with both places', () => {
  const again = new Source('\ntype Parcel { id: Int size: Int }', 'schema/again.graphql');
  expect(problemsOf(query, parcel, again)).toEqual(['schema/parcel.graphql:2:3 INVALID_SDL']);
});

test('what SDL may say and a schema may not is told, too', () => {
  const notImplemented = 'interface Node { id: ID }\ntype Query implements Node { size: Int }';
  expect(problemsOf(notImplemented)).toEqual(['typeDefs[0]:1:18 INVALID_SDL']);
  expect(problemsOf()).toEqual(['typeDefs INVALID_SDL']);
});

test('the message has all problems', () => {
  expect(() => parseSdl([query])).toThrow(/\bschema\/query\.graphql:2:11: .*"Parcel"/);
});

describe('SDL may be given', () => {
  const parsed = parse(parcel);
  // As graphql-tag makes it, whose documents say nothing of where they were parsed.
  const bare: DocumentNode = { kind: parsed.kind, definitions: parsed.definitions };
  const whole = `${query.body}${parcel.body}`;

  test.each<[string, Sdl | readonly Sdl[]]>([
    ['as one text', whole],
    ['as one source', new Source(whole)],
    ['as one document', parse(whole)],
    ['as a document without places', parse(whole, { noLocation: true })],
    ['as a list of texts, sources and documents', [query.body, new Source('scalar Url'), bare]],
  ])('%s', (_how, typeDefs) => {
    expect(parseSdl(typeDefs).getQueryType()?.getFields().parcel?.type.toString()).toBe('Parcel');
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a function', () => whole],
    ['a list of lists', [[whole]]],
    ['a parsed operation with other nodes', { kind: 'Field' }],
  ])('and not as %s, which is named', (_what, typeDefs) => {
    expect(() => parseSdl(typeDefs as never)).toThrow(/^typeDefs\[0\]: /);
  });

  test('a document of gql is told with its place, and one without any with what there is', () => {
    expect(problemsOf(query, parse(new Source('type Parcel { id: IDD }', 'parcel.ts')))).toEqual([
      'parcel.ts:1:19 INVALID_SDL',
    ]);
    expect(problemsOf(query, parse('type Parcel { id: IDD }', { noLocation: true }))).toEqual(['typeDefs INVALID_SDL']);
  });

  test('with a byte order mark and the line ends of Windows', () => {
    const windows = `\uFEFF${whole.replaceAll('\n', '\r\n')}`;
    expect(printSchema(parseSdl(windows))).toBe(printSchema(parseSdl(whole)));
  });
});

test.each([
  ['an operation', '{ parcel { id } }'],
  ['a fragment', 'fragment Ids on Parcel { id }'],
  ['an operation after a type', 'scalar Url\nquery Parcels { parcel { id } }'],
])('%s among the SDL is refused, not left out', (_what, text) => {
  const place = text.startsWith('scalar') ? 'typeDefs[2]:2:1' : 'typeDefs[2]:1:1';
  expect(problemsOf(query, parcel, text)).toEqual([`${place} INVALID_SDL`]);
});

describe('a type that is only extended', () => {
  test.each([
    ['the operations of a schema', ['extend type Query { id: ID }', 'extend type Mutation { pack: ID }']],
    ['several times', ['extend type Query { id: ID }', 'extend type Query { name: String }']],
    ['a type that a field gives', ['type Query { parcel: Parcel }', 'extend type Parcel { id: ID }']],
    ['an input', ['type Query { parcel(by: By): ID }', 'extend input By { id: ID }']],
    ['an enum', ['type Query { size: Size }', 'extend enum Size { BIG }']],
    ['a union', ['type Query { thing: Thing }', 'extend union Thing = Query']],
    ['an interface', ['type Query implements Node { id: ID }', 'extend interface Node { id: ID }']],
    ['a scalar', ['type Query { url: Url }', 'extend scalar Url @specifiedBy(url: "https://url.spec.whatwg.org")']],
    ['an entity', ['type Query { id: ID }', 'extend type Parcel @key(fields: "id") { id: ID @external }']],
    ['named operations', ['schema { query: Root }', 'extend type Root { id: ID }']],
  ])('is defined by that: %s', (_what, typeDefs) => {
    expect(problemsOf(...typeDefs)).toEqual([]);
  });

  test.each([
    ['a misspelt type', 'extend type Parcle { weight: Int }'],
    ['a misspelt scalar', 'extend scalar Urll @specifiedBy(url: "https://url.spec.whatwg.org")'],
    ['a misspelt interface', 'extend interface Nod { id: ID }'],
  ])('is refused when nothing uses it: %s', (_what, extension) => {
    const column = 'extend '.length + (extension.split(' ')[1]?.length ?? 0) + 2;
    expect(problemsOf(query, parcel, extension)).toEqual([`typeDefs[2]:1:${column} INVALID_SDL`]);
  });

  test('is refused when only itself refers to it', () => {
    expect(problemsOf(query, parcel, 'extend type Parcle { inner: Parcle }')).toEqual([
      'typeDefs[2]:1:13 INVALID_SDL',
      'typeDefs[2]:1:29 INVALID_SDL',
    ]);
  });

  test('is refused as the operations that a schema names otherwise', () => {
    expect(problemsOf('schema { query: Root } type Root { id: ID }', 'extend type Query { id: ID }')).toEqual([
      'typeDefs[1]:1:13 INVALID_SDL',
    ]);
  });

  test('is refused as two kinds at once', () => {
    expect(problemsOf('type Query { a: A }', 'extend type A { id: ID }', 'extend interface A { no: ID }')).toEqual([
      'typeDefs[1]:1:1 INVALID_SDL',
    ]);
  });
});
