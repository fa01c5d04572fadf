import { execute, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SdlError } from '../../src/compile/parseSdl.ts';
import { createGuard } from '../../src/guard/createGuard.ts';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { fromShield } from '../../src/rules/fromShield.ts';
import { publicField } from '../../src/rules/index.ts';
import { allow, rule } from '../../src/rules/shield.ts';
import type { ShieldTree } from '../../src/rules/shieldTree.ts';
import { anonymous } from '../../src/token/principal.ts';
import { executeGuarded } from '../support/guardedExecution.ts';

const open = publicField('is a test');

describe('types that are split over texts', () => {
  const parts = [
    'type Query { a: String } interface I { a: String } input In { a: String } union U = Query enum E { A }',
    'type Query { b(in: In, e: E): String } interface I { b: String } input In { b: String } enum E { B }',
    'type Other implements I { a: String b: String } union U = Other',
  ];

  test('are one', () => {
    const { schema } = createGuardedSchema({ typeDefs: parts, resolvers: {}, permissions: { '*': open } });
    const namesOf = (name: string) => {
      const type = schema.getType(name);
      return type && 'getFields' in type ? Object.keys(type.getFields()) : [];
    };
    expect(['Query', 'I', 'In'].map(namesOf)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('may not define a field twice, nor may one text define a type twice', () => {
    const guard = (...typeDefs: readonly string[]) =>
      createGuardedSchema({ typeDefs, resolvers: {}, permissions: { '*': open } });
    expect(() => guard('type Query { a: String }', 'type Query { a: String }')).toThrow(SdlError);
    expect(() => guard('type Query { a: String } type Query { b: String }')).toThrow(SdlError);
  });
});

test('resolvers of interfaces are inherited where that is asked for', async () => {
  const make = (inheritResolversFromInterfaces: boolean | undefined) =>
    createGuardedSchema({
      typeDefs: ['interface I { a: String } type A implements I { a: String } type Query { it: A }'],
      resolvers: { I: { a: () => 'inherited', __resolveType: () => 'A' }, Query: { it: () => ({}) } },
      permissions: { '*': open },
      schemaOptions: inheritResolversFromInterfaces === undefined ? {} : { inheritResolversFromInterfaces },
    });
  const ask = async (guarded: ReturnType<typeof make>) =>
    (await executeGuarded(guarded, { query: '{ it { a } }' })).data;
  expect(await ask(make(true))).toEqual({ it: { a: 'inherited' } });
  expect(await ask(make(undefined))).toEqual({ it: { a: null } });
});

describe('a tree of graphql-shield', () => {
  class Fields {
    a = allow;
  }
  class Tree {
    Query = new Fields();
  }
  test.each<readonly [string, object]>([
    [
      'an object without prototype',
      Object.assign(Object.create(null), { Query: Object.assign(Object.create(null), { a: allow }) }),
    ],
    ['an instance of a class', new Tree()],
  ])('can be %s', async (_name, tree) => {
    const permissions = fromShield(tree as ShieldTree);
    const guarded = createGuardedSchema({
      typeDefs: ['type Query { a: String }'],
      resolvers: { Query: { a: () => 'a' } },
      permissions,
    });
    expect((await executeGuarded(guarded, { query: '{ a }' })).data).toEqual({ a: 'a' });
  });

  test('can be the namespace of a module', async () => {
    const tree: unknown = await import('./shieldTreeModule.ts');
    const guarded = createGuardedSchema({
      typeDefs: ['type Query { a: String }'],
      resolvers: { Query: { a: () => 'a' } },
      permissions: fromShield(tree as ShieldTree),
    });
    expect((await executeGuarded(guarded, { query: '{ a }' })).data).toEqual({ a: 'a' });
  });

  test.each([
    ['at once', (context: object) => Object.assign(context, { authorization: 'Bearer' }) !== undefined],
    [
      'later',
      async (context: object) => {
        await undefined;
        Object.assign(context, { authorization: 'Bearer', user: 1 });
        return true;
      },
    ],
  ])('can have a rule that assigns `authorization` to the context, %s', async (_when, assign) => {
    const { createExecutableSchema } = await import('../../src/compile/executableSchema.ts');
    const assigning = rule('assigns')((_parent, _args, context) => assign(context));
    const guard = createGuard({
      schema: createExecutableSchema(['type Query { a: String b: Query }'], { Query: { b: () => ({}), a: () => 'a' } }),
      permissions: fromShield({ Query: { a: assigning, b: assigning } }),
    });
    const session = guard.session({ principal: anonymous });
    const document = parse('{ a b { a b { a } } }');
    expect(await session.begin({ document })).toEqual({ refused: false });
    const result = session.finish(await execute({ schema: guard.schema, document, contextValue: session.context() }));
    expect(JSON.parse(JSON.stringify(result))).toEqual({ data: { a: 'a', b: { a: 'a', b: { a: 'a' } } } });
  });
});

test('with directives, what no directive annotates is public where the map says so for all', async () => {
  const guarded = createGuardedSchema({
    typeDefs: [
      'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"]) type Query { a: String b: String @authenticated }',
    ],
    resolvers: { Query: { a: () => 'a', b: () => 'b' } },
    permissions: { '*': publicField('is public unless annotated') },
  });
  expect(await executeGuarded(guarded, { query: '{ a b }' })).toMatchObject({
    data: { a: 'a', b: null },
    failures: [{ path: 'b', code: 'UNAUTHENTICATED' }],
  });
});
