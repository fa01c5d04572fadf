import { Source } from 'graphql';
import { expect, test } from 'vitest';
import { parseSdl, SdlError, type TypeDefs } from '../../src/compile/parseSdl.ts';

function problemsOf(...typeDefs: TypeDefs): readonly string[] {
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
  const again = new Source('\ntype Parcel { size: Int }', 'schema/again.graphql');
  expect(problemsOf(query, parcel, again)).toEqual(['schema/parcel.graphql:1:6 INVALID_SDL']);
});

test('what SDL may say and a schema may not is told, too', () => {
  const notImplemented = 'interface Node { id: ID }\ntype Query implements Node { size: Int }';
  expect(problemsOf(notImplemented)).toEqual(['typeDefs[0]:1:18 INVALID_SDL']);
  expect(problemsOf()).toEqual(['typeDefs INVALID_SDL']);
});

test('the message has all problems', () => {
  expect(() => parseSdl([query])).toThrow('schema/query.graphql:2:11: Unknown type "Parcel".');
});
