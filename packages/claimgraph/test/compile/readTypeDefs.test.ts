import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readTypeDefs } from '../../src/compile/readTypeDefs.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { answers, withToken } from './directives/federated.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claimgraph-sdl-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const read = () => readTypeDefs(pathToFileURL(`${folder}/`));

test('every file of SDL is read, in the folder and in those below it', () => {
  write('query.graphql', 'type Query { parcel: Parcel }');
  write('parcels/parcel.gql', 'type Parcel { id: ID }');
  write('parcels/inner/sender.graphqls', 'type Sender { id: ID }');
  write('UPPER.GQL', 'scalar Url');
  write('README.md', '# not SDL');
  expect(read().map(({ body }) => body)).toEqual([
    'scalar Url',
    'type Sender { id: ID }',
    'type Parcel { id: ID }',
    'type Query { parcel: Parcel }',
  ]);
});

test('what an extension in a folder below protects is protected', () => {
  write('query.graphql', 'type Query { parcel: Parcel @authenticated } type Parcel { id: ID }');
  write('rules/parcel.gql', 'extend type Parcel @authenticated');
  const guarded = createGuardedSchema({ typeDefs: read(), resolvers: undefined, permissions: {} });
  expect(answers(guarded, 'Parcel.id')).toEqual(withToken);
});

test.each<[string, Buffer]>([
  ['with a byte order mark and the line ends of Windows', Buffer.from('\uFEFF"é"\r\ntype Query {\r\n id: ID\r\n}\r\n')],
  ['in UTF-16, as > of Windows PowerShell writes them', Buffer.from('\uFEFF"é"\ntype Query { id: ID }', 'utf16le')],
  ['in UTF-16 of the other order', Buffer.from('\uFEFF"é"\ntype Query { id: ID }', 'utf16le').swap16()],
])('files are read %s', (_how, content) => {
  write('query.graphql', content);
  expect(read()[0]?.body).toMatch(/^"é"\r?\ntype Query/);
});

test('a file in another encoding is refused, not read as something else', () => {
  write('query.graphql', Buffer.from('"é" type Query { id: ID }', 'latin1'));
  expect(read).toThrow(/UTF-8/);
});

test('a link to a folder is refused, and one to a file is read', () => {
  write('query.graphql', 'type Query { id: ID }');
  symlinkSync(join(folder, 'query.graphql'), join(folder, 'again.graphql'));
  expect(read()).toHaveLength(2);
  symlinkSync(folder, join(folder, 'round'));
  expect(read).toThrow(ConfigurationError);
});

test.each(['', 'below'])('a folder without SDL is refused', (below) => {
  if (below) write(`${below}/notes.txt`, 'nothing');
  expect(read).toThrow(ConfigurationError);
  expect(() => readTypeDefs(pathToFileURL(join(folder, 'none/')))).toThrow(ConfigurationError);
});
