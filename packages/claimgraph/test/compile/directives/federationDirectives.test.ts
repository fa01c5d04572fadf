import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { compilePermissions } from '../../../src/compile/compilePermissions.ts';
import { SdlError } from '../../../src/compile/parseSdl.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import { allOf, masked, publicField, requireClaims, requireScope } from '../../../src/rules/index.ts';
import { anonymous } from '../../../src/token/principal.ts';
import { clerk, manager, type StaffClaims, userWith } from '../../support/callers.ts';
import {
  answers,
  anybody,
  decide,
  federate,
  problemsOf,
  problemsOfBuilt,
  withOtherScope,
  withRead,
  withToken,
} from './federated.ts';

const open = publicField('is a test');
const canRead = requireScope('read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');

describe('what a directive binds', () => {
  const schema = (directives: Readonly<Record<string, string>>) => /* GraphQL */ `
    interface Node ${directives.interface ?? ''} { id: ID ${directives['interface field'] ?? ''} }
    scalar Email ${directives.scalar ?? ''}
    enum Size ${directives.enum ?? ''} { SMALL }
    type Query { person: Person parcel: Parcel }
    type Person implements Node ${directives.object ?? ''} {
      id: ID
      name: String ${directives.field ?? ''}
      emails: [Email!]!
      size(atLeast: Size): Size
    }
    type Parcel implements Node { id: ID size(atLeast: Size, from: Email): Int owner: Person contact: Email }
  `;
  const all = ['Person.id', 'Person.name', 'Person.emails', 'Person.size', 'Query.person', 'Query.parcel'];
  const fields = [...all, 'Parcel.id', 'Parcel.size', 'Parcel.owner', 'Parcel.contact'];

  test.each([
    ['object', ['Person.id', 'Person.name', 'Person.emails', 'Person.size']],
    ['field', ['Person.name']],
    ['interface', ['Person.id', 'Parcel.id']],
    ['interface field', ['Person.id', 'Parcel.id']],
    ['scalar', ['Person.emails', 'Parcel.contact']],
    ['enum', ['Person.size']],
  ])('on %s: %s', (place, bound) => {
    const permissions = toMap(fields.filter((field) => !bound.includes(field)));
    const guarded = federate(schema({ [place]: '@requiresScopes(scopes: [["read"]])' }), { permissions });
    for (const field of fields)
      expect([field, answers(guarded, field)]).toEqual([field, bound.includes(field) ? withRead : anybody]);
  });

  test.each([
    ['extend type Person @requiresScopes(scopes: [["read"]])', 'Person.name'],
    ['extend interface Node @requiresScopes(scopes: [["read"]])', 'Parcel.id'],
    ['extend scalar Email @requiresScopes(scopes: [["read"]])', 'Parcel.contact'],
    ['extend enum Size @requiresScopes(scopes: [["read"]])', 'Person.size'],
    ['extend type Person { phone: String @requiresScopes(scopes: [["read"]]) }', 'Person.phone'],
  ])('in an extension: %s', (extension, field) => {
    const guarded = federate([schema({}), extension], { permissions: withoutBound(schema({}), extension) });
    expect(answers(guarded, field)).toEqual(withRead);
  });

  test('on types and fields called like properties of every object', () => {
    const guarded = federate(/* GraphQL */ `
      type Query { toString: constructor @authenticated }
      type constructor @authenticated { constructor: String, valueOf: hasOwnProperty @requiresScopes(scopes: [["read"]]) }
      scalar hasOwnProperty
    `);
    expect(answers(guarded, 'Query.toString')).toEqual(withToken);
    expect(answers(guarded, 'constructor.constructor')).toEqual(withToken);
    expect(answers(guarded, 'constructor.valueOf')).toEqual(withRead);
  });

  function withoutBound(...sdl: readonly string[]) {
    const problems = problemsOf(sdl);
    return toMap(problems.map((problem) => problem.split(':')[0] ?? ''));
  }
});

describe('conjunction', () => {
  const both = (sdl: string) => {
    const guarded = federate(`type Query { item: Item @authenticated } ${sdl}`);
    return [userWith('a'), userWith('b'), userWith('a', 'b')].map((caller) => decide(guarded, 'Item.id', caller));
  };
  const a = '@requiresScopes(scopes: [["a"]])';
  const b = '@requiresScopes(scopes: [["b"]])';

  test.each([
    ['a type and its extension', `type Item ${a} { id: ID } extend type Item ${b}`],
    ['two extensions', `type Item { id: ID } extend type Item ${a} extend type Item ${b}`],
    ['a type and its field', `type Item ${a} { id: ID ${b} }`],
    ['a field and itself', `type Item { id: ID ${a} ${b} }`],
    ['a field and its scalar', `type Item { id: Key ${b} } scalar Key ${a}`],
    ['a type and an interface', `type Item implements Node ${a} { id: ID } interface Node ${b} { id: ID }`],
    ['a field and an interface field', `type Item implements Node { id: ID ${a} } interface Node { id: ID ${b} }`],
    [
      'two interfaces, one through the other',
      `type Item implements Key & Node { id: ID } interface Key implements Node ${a} { id: ID } interface Node ${b} { id: ID }`,
    ],
    [
      'two directives under two names',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", { name: "@requiresScopes", as: "@s" }, { name: "@requiresScopes", as: "@t" }])
      type Item { id: ID @s(scopes: [["a"]]) @t(scopes: [["b"]]) }`,
    ],
  ])('%s bind together', (_name, sdl) => {
    expect(both(sdl)).toEqual(['INSUFFICIENT_SCOPE', 'INSUFFICIENT_SCOPE', 'allowed']);
  });

  test('the lists of a type and its extension in two files stay two lists', () => {
    const guarded = federate([
      'type Query { item: Item @authenticated } type Item @requiresScopes(scopes: [["a", "a"]]) { id: ID }',
      'extend type Item @requiresScopes(scopes: [["a", "b"]])',
    ]);
    expect(decide(guarded, 'Item.id', userWith('a'))).toBe('INSUFFICIENT_SCOPE');
    expect(decide(guarded, 'Item.id', userWith('a', 'b'))).toBe('allowed');
  });

  test('a directive and the permission map bind together', () => {
    const guarded = federate('type Query { name: String @requiresScopes(scopes: [["read"]]) }', {
      permissions: { Query: { name: isManager } },
    });
    const say = (...scopes: readonly string[]) =>
      [manager, clerk].map((claims) => decide(guarded, 'Query.name', userWith(...scopes), claims));
    expect(say('read')).toEqual(['allowed', 'FORBIDDEN']);
    expect(say()[0]).toBe('INSUFFICIENT_SCOPE');
    expect(decide(guarded, 'Query.name', anonymous, manager)).toBe('UNAUTHENTICATED');
  });

  test('a directive and the map of an interface bind together', () => {
    const guarded = federate(
      'interface Node { id: ID } type Query implements Node @requiresScopes(scopes: [["other"]]) { id: ID }',
      { permissions: { Node: { id: canRead } } },
    );
    expect(answers(guarded, 'Query.id')).toEqual(withOtherScope);
    expect(decide(guarded, 'Query.id', userWith('other'))).toBe('INSUFFICIENT_SCOPE');
    expect(decide(guarded, 'Query.id', userWith('other', 'read'))).toBe('allowed');
  });

  test('a mask in the map stays beside a directive', () => {
    const { plans } = federate('type Query { name: String @authenticated }', {
      permissions: {
        Query: {
          name: allOf(
            canRead,
            masked(isManager, () => '***'),
          ),
        },
      },
    });
    expect([...plans.values()].map(({ masks }) => masks.length)).toEqual([1]);
  });
});

describe('public in the map and protected by a directive', () => {
  const conflict = (coordinate: string) => `${coordinate}: CONTRADICTORY_RULES`;

  test.each([
    ['field', 'type Query { id: ID @authenticated }', { Query: { id: open } }, ['Query.id']],
    ['type', 'type Query @authenticated { id: ID }', { Query: { id: open } }, ['Query.id']],
    ['scalar', 'type Query { id: Key } scalar Key @authenticated', { Query: { id: open } }, ['Query.id']],
    [
      'interface, public in the type',
      'interface Node @authenticated { id: ID } type Query implements Node { id: ID }',
      { Query: { id: open } },
      ['Query.id'],
    ],
    [
      'type, public in the interface',
      'interface Node { id: ID } type Query implements Node @authenticated { id: ID }',
      { Node: { id: open } },
      ['Query.id'],
    ],
    [
      'interface, public in the interface, and with a rule in the type',
      'interface Node @authenticated { id: ID } type Query implements Node { id: ID }',
      { Node: { id: open }, Query: { id: canRead } },
      ['Query.id'],
    ],
    [
      'type, public in the interface, and with a rule in the type',
      'interface Node { id: ID } type Query implements Node @authenticated { id: ID }',
      { Node: { id: open }, Query: { id: canRead } },
      ['Query.id'],
    ],
  ])('on %s', (_place, sdl, permissions, coordinates) => {
    expect(problemsOf(sdl, { permissions })).toEqual(coordinates.map(conflict));
  });
});

describe('directives of unknown meaning', () => {
  const sdl = /* GraphQL */ `
    directive @auth(role: String) on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | UNION | INPUT_OBJECT | INPUT_FIELD_DEFINITION
    schema @auth { query: Query }
    type Query @auth { parcel(id: ID @auth, filter: Filter): Parcel @auth(role: "ADMIN") thing: Thing size: Size weight: Weight }
    type Parcel implements Node { id: ID }
    interface Node @auth { id: ID @auth }
    union Thing @auth = Parcel
    enum Size @auth { SMALL @auth }
    scalar Weight @auth
    input Filter @auth { size: Size @auth }
    directive @other(id: ID @auth) on FIELD
  `;
  const permissions = {
    Query: { parcel: open, thing: open, size: open, weight: open },
    Parcel: { id: open },
  };

  test('stop the boot wherever they are', () => {
    const places = [
      'schema',
      'Query',
      'Query.parcel',
      'Query.parcel(id:)',
      'Parcel',
      'Node',
      'Node.id',
      'Thing',
      'Size',
    ];
    const more = ['Size.SMALL', 'Weight', 'Filter', 'Filter.size', '@other(id:)'];
    const expected = [...places, ...more].filter((place) => place !== 'Parcel');
    expect([...problemsOf(sdl, { permissions })].sort()).toEqual(
      expected.map((place) => `${place}: UNKNOWN_DIRECTIVE`).sort(),
    );
  });

  test('may stay when they are listed as harmless', () => {
    expect(problemsOf(sdl, { permissions, harmlessDirectives: ['auth'] })).toEqual([]);
  });

  test('are not known by resembling a known one', () => {
    const similar = 'directive @Key on OBJECT type Query @Key { id: ID @authenticated }';
    expect(problemsOf(similar)).toEqual(['Query: UNKNOWN_DIRECTIVE']);
    const property = 'directive @toString on OBJECT type Query @toString { id: ID @authenticated }';
    expect(problemsOf(property)).toEqual(['Query: UNKNOWN_DIRECTIVE']);
  });

  test('include a known name that another specification takes', () => {
    const foreign = /* GraphQL */ `
      extend schema @link(url: "https://example.com/safety/v1.0", import: [{ name: "@secure", as: "@tag" }])
      directive @tag on OBJECT
      type Query @tag { id: ID @authenticated }
    `;
    expect(problemsOf(foreign)).toEqual(['Query: UNKNOWN_DIRECTIVE']);
    expect(problemsOf(foreign, { harmlessDirectives: ['tag'] })).toEqual([]);
  });

  test('do not include a known one that comes from a specification of its own', () => {
    const link = 'extend schema @link(url: "https://specs.apollo.dev/tag/v0.3", import: ["@tag"])';
    expect(problemsOf(`${link} type Query @tag(name: "x") { id: ID @authenticated }`)).toEqual([]);
  });

  test('are none where no directive was written, whatever was defined', () => {
    const query = new GraphQLObjectType({ name: 'Query', fields: { name: { type: GraphQLString } } });
    const ofQueries = new GraphQLDirective({ name: 'authenticated', locations: [DirectiveLocation.QUERY] });
    for (const directives of [[], [ofQueries]]) {
      const schema = new GraphQLSchema({ query, directives });
      expect(compilePermissions(schema, { Query: { name: open } }).size).toBe(1);
    }
  });

  test('do not include those of caching', () => {
    const sdl = /* GraphQL */ `
      directive @cacheControl(maxAge: Int) on OBJECT | FIELD_DEFINITION
      type Query @cacheControl(maxAge: 60) { name: String @cacheControl(maxAge: 5) @authenticated }
    `;
    expect(answers(federate(sdl), 'Query.name')).toEqual(withToken);
  });

  test('do not include @link on a field, which says nothing about names', () => {
    const sdl = /* GraphQL */ `
      directive @link(url: String!) on FIELD_DEFINITION
      type Query { name: String @authenticated @link(url: "https://example.com/authenticated") }
    `;
    expect(answers(federate(sdl), 'Query.name')).toEqual(withToken);
  });
});

test.each(['authenticated', 'requiresScopes', 'policy', 'federation__policy'])(
  '@%s cannot be declared harmless',
  (name) => {
    const link = name.includes('__') ? 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9")' : '';
    expect(
      problemsOf(`${link} type Query { name: String }`, {
        permissions: { Query: { name: open } },
        harmlessDirectives: [name],
      }),
    ).toEqual(['harmlessDirectives: PROTECTING_DIRECTIVE_IGNORED']);
  },
);

describe('a directive that protects, where nothing can be enforced', () => {
  const anywhere =
    'directive @authenticated on SCHEMA | UNION | INPUT_OBJECT | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION | ENUM_VALUE';

  test.each([
    ['schema', 'extend schema @authenticated', 'SCHEMA'],
    ['Thing', 'union Thing @authenticated = Query', 'UNION'],
    ['Filter', 'input Filter @authenticated { id: ID }', 'INPUT_OBJECT'],
    ['Filter.id', 'input Filter { id: ID @authenticated }', 'INPUT_FIELD_DEFINITION'],
    ['Query.other(id:)', 'extend type Query { other(id: ID @authenticated): ID }', 'ARGUMENT_DEFINITION'],
    ['Size.SMALL', 'enum Size { SMALL @authenticated }', 'ENUM_VALUE'],
    ['@other(id:)', 'directive @other(id: ID @authenticated) on FIELD', 'ARGUMENT_DEFINITION'],
  ])('stops the boot on %s', (coordinate, sdl, location) => {
    const whole = `type Query { id: ID } ${sdl}`;
    const permissions = {
      Query: { id: open, ...(sdl.includes('other(id: ID @authenticated): ID') && { other: open }) },
    };
    const boot = () => problemsOf(whole, { permissions });
    expect(boot).toThrow(SdlError);
    expect(boot).toThrow(new RegExp(`"@authenticated".*\\b${location}\\b`));
    expect(problemsOfBuilt(`${anywhere} ${whole}`, { permissions })).toEqual([
      '@authenticated: INVALID_DIRECTIVE_DEFINITION',
      `${coordinate}: UNENFORCEABLE_DIRECTIVE`,
    ]);
  });
});

test('resolvers for a scalar and an enum leave their directives in force', () => {
  const guarded = createGuardedSchema({
    typeDefs: [
      'type Query { email: Email size: Size } scalar Email @authenticated enum Size { SMALL }',
      'extend enum Size @requiresScopes(scopes: [["read"]])',
    ],
    resolvers: { Email: new GraphQLScalarType({ name: 'Email' }), Size: { SMALL: 1 } },
    permissions: {},
  });
  expect(answers(guarded, 'Query.email')).toEqual(withToken);
  expect(answers(guarded, 'Query.size')).toEqual(withRead);
});

test('a scalar among the resolvers leaves what the SDL says of its specification', () => {
  const urlOf = (scalar: GraphQLScalarType) =>
    createGuardedSchema({
      typeDefs: 'type Query { url: Url } scalar Url @specifiedBy(url: "https://url.spec.whatwg.org")',
      resolvers: { Url: scalar },
      permissions: { Query: { url: open } },
    }).schema.getType('Url');
  const plain = new GraphQLScalarType({ name: 'Url' });
  expect(urlOf(plain)).toMatchObject({ specifiedByURL: 'https://url.spec.whatwg.org' });
  const own = new GraphQLScalarType({ name: 'Url', specifiedByURL: 'https://example.com/url' });
  expect(urlOf(own)).toMatchObject({ specifiedByURL: 'https://example.com/url' });
});

test('all problems are reported at once, each with its coordinate', () => {
  const sdl = /* GraphQL */ `
    directive @auth on OBJECT
    type Query @auth { a: ID @policy(policies: [["p"]]) b: ID @authenticated c: ID d: ID @requiresScopes(scopes: []) }
  `;
  const problems = problemsOf(sdl, { permissions: { Query: { b: open, e: open } } });
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([
    'Query.e',
    'Query',
    'Query.a',
    'Query.d',
    'Query.b',
    'Query.c',
  ]);
});

function toMap(coordinates: readonly string[]) {
  const map: Record<string, Record<string, unknown>> = {};
  for (const coordinate of coordinates) {
    const [type = '', field = ''] = coordinate.split('.');
    map[type] = { ...map[type], [field]: open };
  }
  return map;
}
