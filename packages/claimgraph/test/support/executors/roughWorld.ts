import { GraphQLScalarType } from 'graphql';
import type { PermissionMap } from '../../../src/compile/compilePermissions.ts';
import { NotFoundError } from '../../../src/errors.ts';
import { createGuardedSchema } from '../../../src/guard/guardedSchema.ts';
import {
  allOf,
  anyOf,
  denyMode,
  masked,
  publicField,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../../src/rules/index.ts';
import { deny, rule } from '../../../src/rules/shield.ts';
import type { StaffClaims } from '../callers.ts';
import type { TestWorld } from './compareExecutors.ts';
import type { Words } from './randomDocument.ts';
import type { Roughness } from './roughValues.ts';

/** Every way in which a value can become a response, and every kind of rule; it means nothing. */
const typeDefs = /* GraphQL */ `
  interface Being { id: ID! name: String friends: [Being!] }
  interface Pet implements Being { id: ID! name: String friends: [Being!] owner: Person! }
  type Cat implements Pet & Being { id: ID! name: String friends: [Being!] owner: Person! lives: Int claws: [Float]  }
  type Dog implements Pet & Being { id: ID! name: String friends: [Being!] owner: Person! isGood: Boolean! tricks: [String!]! }
  type Person implements Being {
    id: ID! name: String friends: [Being!] mood: Mood moods: [Mood!] pets: [Pet!]! matrix: [[Int!]]! json: Json odd: Odd
    greeting(to: String! = "you", mood: Mood): String secret: String! diary(page: Int): String asset: Asset
  }
  type Asset { worth: Float! taxed: String by: Person }
  union Any = Cat | Dog | Person
  enum Mood { HAPPY SAD }
  scalar Json
  scalar Odd
  input Filter { text: String = "all" mood: Mood = SAD moods: [Mood!] and: [Filter!] json: Json limit: Int! = 3 }
  type Query {
    being(as: String, mood: Mood = HAPPY): Being
    beings(first: Int = 2, filter: Filter): [Being]
    any: [Any!]!
    anyone: Any
    cat: Cat
    dogs: [Dog!]
    person: Person!
    people(filter: Filter!): [Person!]
    echo(filter: Filter = { text: "nothing" }, moods: [[Mood]], json: Json, required: Int!): Json
  }
`;

export const roughWords: Words = { ids: ['1', '2'], strings: ['', 'x', 'y'] };

const open = publicField('anybody may know it');
const canRead = requireScope('depot/read');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isEven = requireRow('is even', ({ id }: { readonly id: string }) => Number(id) % 2 === 0);
const isOnTheFirstPage = requireArguments('is on the first page', ({ page }: { readonly page?: number | null }) => {
  if (page === 5) throw new Error('there are no five pages');
  return page !== 11;
});
const shieldSays = rule('a promise says so')(async (_parent, _args, _context, info) => info.path.key !== 'friends');
const shieldSaysAtOnce = rule('says so at once')((parent) => parent?.id !== '1');

const being = { id: canRead, name: open, friends: shieldSays };
const pet = { owner: anyOf(canRead, isManager) };
const permissions: PermissionMap = {
  Query: { '*': open, dogs: isManager, people: allOf(canRead, open), echo: canRead },
  Cat: { ...being, ...pet, id: open, lives: isEven, claws: denyMode('dropItem', isEven) },
  Dog: { ...being, ...pet, isGood: canRead, tricks: allOf(canRead, shieldSaysAtOnce) },
  Person: {
    ...being,
    mood: open,
    moods: canRead,
    pets: open,
    matrix: open,
    json: canRead,
    odd: open,
    greeting: anyOf(isManager, isEven),
    secret: allOf(
      canRead,
      masked(isEven, (text: string) => text.slice(0, 1)),
    ),
    diary: allOf(isOnTheFirstPage, canRead),
    asset: canRead,
  },
  Asset: { worth: denyMode('failOperation', isManager), taxed: deny, by: canRead },
};

/** Values without resolvers: methods, accessors, promises and iterables are read as they stand. */
export function createRoughWorld(roughness: Roughness, restart: () => void): TestWorld {
  let called: string[] = [];
  const give = <T>(name: string, value: T) => {
    called.push(name);
    return roughness.apply(value) as T;
  };
  const property = <T>(name: string, value: T) => ({
    get: () => give(name, value),
    enumerable: true,
  });

  function creature(id: number, depth: number): object {
    const kind = (['Cat', 'Dog', 'Person'] as const)[id % 3] ?? 'Cat';
    const below = (count: number) =>
      depth > 0 ? Array.from({ length: count }, (_, index) => creature(id + index + 1, depth - 1)) : [];
    const person = (at: number) => creature(at - (at % 3) + 2, Math.max(depth - 1, 0));
    const values: Record<string, unknown> = {
      id: String(id),
      name: `${kind} ${id}`,
      friends: below(2),
      owner: depth > 0 ? person(id) : null,
      lives: 9,
      claws: [1, 2.5],
      isGood: true,
      tricks: new Set(['sit', 'roll']),
      mood: id % 2 === 0 ? 1 : sad,
      moods: [1, sad],
      pets: below(3),
      matrix: [[1, 2], null, [3]],
      json: { nested: [1, 'two', null], id },
      odd: id,
      secret: 'secret',
      asset: { worth: 1.5, taxed: 'no', by: null },
    };
    const own = {
      kind,
      // graphql-js writes values into messages, which would read every property.
      toJSON: () => kind,
      ...(id % 4 === 0 ? {} : { __typename: kind }),
      greeting: (args: object) => give('greeting', JSON.stringify(args)),
      diary: async () => give('diary', 'dear diary'),
    };
    const described = Object.entries(values).map(([name, value]) => [name, property(name, value)]);
    return Object.defineProperties(own, Object.fromEntries(described));
  }

  const kindOf = (value: unknown) =>
    typeof value === 'object' && value !== null && 'kind' in value ? value.kind : value;
  const guarded = createGuardedSchema({
    typeDefs: [typeDefs],
    resolvers: {
      Mood: { HAPPY: 1, SAD: sad },
      Json: new GraphQLScalarType({ name: 'Json' }),
      Odd: new GraphQLScalarType({ name: 'Odd', serialize: (value) => give('serialize', value) }),
      Being: { __resolveType: (value: unknown) => give('resolveType', kindOf(value)) as string },
      Dog: { __isTypeOf: (value: unknown) => give('isTypeOf Dog', kindOf(value) === 'Dog') },
      Person: { __isTypeOf: async (value: unknown) => give('isTypeOf Person', kindOf(value) === 'Person') },
      Cat: { __isTypeOf: (value: unknown) => kindOf(value) === 'Cat' },
      Query: {
        being: (_query: unknown, { as }: { as?: string }) => give('being', creature(as === 'x' ? 2 : 4, 2)),
        beings: (_query: unknown, { first }: { first: number }) =>
          give(
            'beings',
            [0, 1, 2].slice(0, first).map((id) => creature(id, 1)),
          ),
        any: () => give('any', [creature(3, 1), creature(4, 1), creature(5, 1)]),
        anyone: () => Promise.resolve(give('anyone', creature(8, 2))),
        cat: () => give('cat', creature(6, 2)),
        dogs: () => give('dogs', [creature(1, 1), creature(4, 1)]),
        person: () => give('person', creature(2, 3)),
        people: () => give('people', [creature(2, 1), creature(5, 1)]),
        echo(_query: unknown, args: { filter?: { text?: string } | null }) {
          const told = give('echo', structuredClone(args));
          // What a resolver does to its arguments is its own affair.
          for (const name of Object.keys(args)) Reflect.deleteProperty(args, name);
          if (told?.filter?.text === 'y') throw new NotFoundError('no y');
          return told;
        },
      },
    },
    permissions,
  });
  const takeCalled = () => {
    const taken = called;
    called = [];
    return taken;
  };
  return {
    guarded,
    start() {
      takeCalled();
      restart();
    },
    takeCalled,
    toContext: (authorization) => ({ authorization }),
  };
}

const sad = { sad: true };
