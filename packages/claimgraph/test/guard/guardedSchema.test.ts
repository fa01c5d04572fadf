import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GraphQLScalarType } from 'graphql';
import { expect, test } from 'vitest';
import { PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { readTypeDefs } from '../../src/compile/readTypeDefs.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { publicField, requireScope } from '../../src/rules/index.ts';
import { userWith } from '../support/callers.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const open = publicField('is a test');

test('a type or field called like a property of every object keeps its own resolver', async () => {
  const guarded = guard(
    /* GraphQL */ `
      type Query { toString: String parcel: Parcel constructor: constructor }
      type Parcel { id: ID constructor: String toString: String hasOwnProperty: String }
      type constructor { toString: String valueOf: String }
    `,
    {
      Query: { toString: open, parcel: open, constructor: open },
      Parcel: { id: open, constructor: open, toString: open, hasOwnProperty: open },
      constructor: { toString: open, valueOf: open },
    },
    {
      Query: {
        toString: () => 'one',
        parcel: () => ({ constructor: 'two', toString: 'three', hasOwnProperty: 'four' }),
        constructor: () => ({ toString: 'five', valueOf: 'six' }),
      },
      Parcel: { id: () => 'p-1' },
    },
  );
  const query =
    '{ toString parcel { id constructor toString hasOwnProperty } constructor { toString constructor: valueOf } }';
  expect(await executeGuarded(guarded, { query })).toMatchObject({
    data: {
      toString: 'one',
      parcel: { id: 'p-1', constructor: 'two', toString: 'three', hasOwnProperty: 'four' },
      constructor: { toString: 'five', constructor: 'six' },
    },
    failures: [],
  });
});

test('resolvers of every kind are taken over: fields, subscriptions, type resolution, enums, scalars, lists of maps', async () => {
  const guarded = guard(
    /* GraphQL */ `
      union Thing = Parcel | Letter
      enum Size { SMALL LARGE }
      scalar Weight
      type Query { thing: Thing size(is: Size): Int }
      type Parcel { id: ID weight: Weight size: Size }
      type Letter { id: ID }
      type Subscription { arrived: ID }
    `,
    {
      Query: { thing: open, size: open },
      Parcel: { id: open, weight: open, size: open },
      Letter: { id: open },
      Subscription: { arrived: requireScope('parcels/read') },
    },
    [
      { Query: { thing: { resolve: () => ({ kilos: 2 }) } }, Thing: { __resolveType: () => 'Parcel' } },
      {
        Query: { size: (_query: unknown, { is }: { readonly is: number }) => is },
        Parcel: { id: () => 'p-1', weight: ({ kilos }: { readonly kilos: number }) => kilos, size: () => 20 },
        Size: { SMALL: 10, LARGE: 20 },
        Weight: new GraphQLScalarType({ name: 'Weight', serialize: (kilos) => `${kilos} kg` }),
        Subscription: { arrived: { subscribe: () => undefined } },
      },
    ],
  );
  const query = '{ thing { ... on Parcel { id weight size } } size(is: SMALL) }';
  expect(await executeGuarded(guarded, { query, principal: userWith() })).toMatchObject({
    data: { thing: { id: 'p-1', weight: '2 kg', size: 'LARGE' }, size: 10 },
    failures: [],
  });
  expect(guarded.schema.getSubscriptionType()?.getFields().arrived?.subscribe).toBeTypeOf('function');
});

test('resolvers that a map inherits are taken over', async () => {
  const shared = { name: () => 'of all', size: () => 'of all' };
  const Query = Object.assign(Object.create(shared), { size: () => 'its own' });
  const guarded = guard('type Query { name: String size: String }', { Query: { name: open, size: open } }, { Query });
  expect(await executeGuarded(guarded, { query: '{ name size }' })).toMatchObject({
    data: { name: 'of all', size: 'its own' },
    failures: [],
  });
});

test.each([
  ['a resolver of an unknown field', { Query: { nmae: () => '' } }, 'Query.nmae'],
  ['a resolver of an unknown type', { Qeury: { name: () => '' } }, 'Qeury'],
])('%s stops the boot', (_name, resolvers, named) => {
  const boot = () => guard('type Query { name: String }', { Query: { name: open } }, resolvers);
  expect(boot).toThrow(ConfigurationError);
  expect(boot).toThrow(named);
});

test('a permission map that does not fit stops the boot', () => {
  expect(() => guard('type Query { name: String }', {})).toThrow(PermissionMapError);
});

test('the SDL files of a folder are read in the order of their names', () => {
  const typeDefs = readTypeDefs(new URL('../../../../schema/', import.meta.url));
  expect(typeDefs.length).toBeGreaterThan(5);
  expect(typeDefs[0]).toMatchObject({
    name: 'schema/auditLog.graphql',
    body: expect.stringContaining('type AuditEvent'),
  });
  expect(typeDefs.at(-1)?.body).toContain('type Viewer');
});

test('other files of the folder are left alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'claimgraph-sdl-'));
  try {
    for (const name of ['b.graphql', 'a.graphql', 'notes.md', 'c.graphql.bak']) writeFileSync(join(folder, name), name);
    for (const url of [pathToFileURL(`${folder}/`), pathToFileURL(folder)]) {
      expect(readTypeDefs(url).map(({ body }) => body)).toEqual(['a.graphql', 'b.graphql']);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a folder without SDL is refused, and so is one that is not there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'claimgraph-sdl-'));
  try {
    expect(() => readTypeDefs(pathToFileURL(folder))).toThrow(` ${folder};`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(() => readTypeDefs(pathToFileURL(folder))).toThrow(` ${folder};`);
});

test('a resolver that fits no field is refused', () => {
  const boot = () => guard('type Query { id: ID }', { Query: { id: open } }, { Query: { nope: () => 1 } });
  expect(boot).toThrow(ConfigurationError);
  expect(boot).toThrow('Query.nope');
});

test('type definitions can be split over files, in any order', () => {
  const { plans } = createGuardedSchema({
    typeDefs: ['extend type Query { size: Int }', 'type Parcel { id: ID }', 'type Query { parcel: Parcel }'],
    resolvers: undefined,
    permissions: { Query: { parcel: open, size: open }, Parcel: { id: open } },
  });
  expect(plans.size).toBe(3);
});

test('a field that two files define is refused, and a type that one file defines twice', () => {
  const boot = (...typeDefs: readonly string[]) =>
    createGuardedSchema({ typeDefs, resolvers: undefined, permissions: { Query: { id: open } } });
  expect(() => boot('type Query { id: ID } type Query { name: ID }')).toThrow(/"Query"/);
  expect(() => boot('type Query { id: ID }', 'type Query { id: ID }')).toThrow(/"Query\.id".*\bonce\b/);
  expect(() => boot('type Query { id: ID }', 'extend type Query { id: ID }')).toThrow(/"Query\.id".*\bonce\b/);
});
