import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { compilePermissions, type PermissionMap, PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { formatProblem } from '../../src/compile/problem.ts';
import { ConfigurationError } from '../../src/errors.ts';
import type { DecisionInput } from '../../src/logic/decisionInput.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import {
  allOf,
  anyOf,
  inherit,
  masked,
  needsClaims,
  requireClaims,
  requireRow,
  requireScope,
  requireToken,
} from '../../src/rules/index.ts';
import { allow, and, chain, deny, not, or, race } from '../../src/rules/shield.ts';
import { clerk, factsOf, manager, type SettledClaims, type StaffClaims, userWith } from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const canRead = requireScope('parcels/read');
const canWrite = requireScope('parcels/write');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');

const schema = buildSchema(/* GraphQL */ `
  interface Node { id: ID! }
  interface Unused { id: ID! }
  union Thing = Parcel | Person
  scalar Weight
  enum Size { SMALL LARGE }
  input Filter { size: Size }
  type Query { parcel(filter: Filter): Parcel thing: Thing weight: Weight }
  type Parcel implements Node { id: ID! contents: String }
  type Person implements Node { id: ID! name: String }
`);

const complete = {
  Query: { parcel: canRead, thing: canRead, weight: canRead },
  Parcel: { id: canRead, contents: canRead },
  Person: { id: canRead, name: canRead },
} satisfies PermissionMap;

test('a complete map gives every field of every object type one plan', () => {
  const plans = [...compilePermissions(schema, complete).values()];
  expect(plans.map(({ coordinate }) => coordinate).sort()).toEqual([
    'Parcel.contents',
    'Parcel.id',
    'Person.id',
    'Person.name',
    'Query.parcel',
    'Query.thing',
    'Query.weight',
  ]);
});

test("a rule in place of a type's fields is for each of them, and one in place of the map for all", () => {
  const permissionsOf = (map: PermissionMap) => [...compilePermissions(schema, map).values()];
  const { Parcel: _, ...others } = complete;
  const byType = permissionsOf({ ...others, Parcel: or(canWrite, deny) });
  expect(byType.filter(({ permission }) => permission.kind === 'any').map(({ coordinate }) => coordinate)).toEqual([
    'Parcel.id',
    'Parcel.contents',
  ]);
  const everywhere = permissionsOf(Object.assign(or(canWrite, deny)));
  expect(everywhere.every(({ permission }) => permission.kind === 'any')).toBe(true);
  expect(everywhere).toHaveLength(7);
});

test('one rule object is one expression on all of its fields, so it is decided once', () => {
  const expressions = [...compilePermissions(schema, complete).values()].map(({ permission }) => permission);
  expect(new Set(expressions).size).toBe(1);
});

describe('a boot problem', () => {
  // What untyped JavaScript gets for a name that is not there.
  const misspelt = Reflect.get({}, 'canRaed');
  const parcel = (contents: unknown): PermissionMap => ({ ...complete, Parcel: { id: canRead, contents } });
  const mask = masked(isManager, (text: string) => text.slice(-2));
  const undefinedRule = 'Parcel.contents: NOT_A_RULE';
  const nestedMask = 'Parcel.contents: NESTED_MODIFIER';
  const emptyList = 'Parcel.contents: EMPTY_RULE_LIST';
  const noField = 'UNKNOWN_FIELD';
  const noType = 'UNKNOWN_TYPE';
  const wrongKind = 'RULE_ON_OTHER_TYPE';
  const noRecord = 'INVALID_TYPE_ENTRY';

  const table: readonly (readonly [string, PermissionMap, readonly string[]])[] = [
    ['is a field without a rule', { ...complete, Parcel: { id: canRead } }, ['Parcel.contents: NO_RULE']],
    [
      'is a type without rules, for each of its fields',
      { Query: complete.Query, Parcel: complete.Parcel },
      ['Person.id: NO_RULE', 'Person.name: NO_RULE'],
    ],
    ['is an unknown type', { ...complete, Parcle: { id: canRead } }, [`Parcle: ${noType}`]],
    [
      'is an unknown field',
      { ...complete, Parcel: { ...complete.Parcel, content: canRead } },
      [`Parcel.content: ${noField}`],
    ],
    ['is an unknown field of an interface', { ...complete, Node: { name: canRead } }, [`Node.name: ${noField}`]],
    ['is a rule on a union', { ...complete, Thing: { __typename: canRead } }, [`Thing: ${wrongKind}`]],
    ['is a rule on a scalar', { ...complete, Weight: { value: canRead } }, [`Weight: ${wrongKind}`]],
    ['is a type that is undefined', { ...complete, Node: undefined }, [`Node: ${noRecord}`]],
    ['is a type that is null', { ...complete, Node: null }, [`Node: ${noRecord}`]],
    ['is a type that is a list of rules', { ...complete, Node: [canRead] }, [`Node: ${noRecord}`]],
    ['is a type that is a function', { ...complete, Node: () => ({ id: canRead }) }, [`Node: ${noRecord}`]],
    [
      'is a rule on introspection, where it would never be asked',
      { ...complete, __Type: { name: deny }, __Schema: { types: deny } },
      ['__Type: RULE_ON_INTROSPECTION', '__Schema: RULE_ON_INTROSPECTION'],
    ],
    ['is undefined', parcel(undefined), [undefinedRule]],
    [
      'covers no field and is undefined',
      { ...complete, '*': undefined, Parcel: { ...complete.Parcel, '*': misspelt } },
      ['Parcel.*', '*'].map((place) => `${place}: NOT_A_RULE`),
    ],
    [
      'covers no field and is a bare function, on an interface without implementations',
      { ...complete, Unused: { id: () => true, '*': canRead } },
      ['Unused.id: NOT_A_RULE'],
    ],
    [
      'covers no field and inherits from none',
      { ...complete, '*': inherit('Parcel.weight') },
      ['*: UNKNOWN_DEPENDENCY'],
    ],
    ['is undefined in allOf', parcel(and(canRead, misspelt)), [undefinedRule]],
    ['is undefined under not', parcel(not(misspelt)), [undefinedRule]],
    ['is undefined in a mask', parcel(allOf(canRead, masked(misspelt, String))), [undefinedRule]],
    ['is a bare function', parcel(() => true), ['Parcel.contents: NOT_A_RULE']],
    ['is null', parcel(null), ['Parcel.contents: NOT_A_RULE']],
    ['is a boolean', parcel(true), ['Parcel.contents: NOT_A_RULE']],
    ['is a string', parcel('parcels/read'), ['Parcel.contents: NOT_A_RULE']],
    ['is a plain object', parcel({ rules: [canRead] }), ['Parcel.contents: NOT_A_RULE']],
    ['is an empty and()', parcel(and()), [emptyList]],
    ['is an empty or()', parcel(or()), [emptyList]],
    ['is an empty chain() in a tree', parcel(or(canRead, chain())), [emptyList]],
    ['is an empty race() in a tree', parcel(and(canRead, race())), [emptyList]],
    ['is an empty allOf()', parcel(allOf()), [emptyList]],
    ['is an empty anyOf() beside a rule', parcel(allOf(canRead, anyOf())), [emptyList]],
    ['is a mask alone', parcel(mask), ['Parcel.contents: MASK_WITHOUT_RULE']],
    ['is a mask in anyOf', parcel(anyOf(canRead, mask)), [nestedMask]],
    ['is a mask under not', parcel(allOf(canRead, not(mask))), [nestedMask]],
    ['is a mask of a mask', parcel(allOf(canRead, masked(mask, String))), [nestedMask]],
    [
      'is a second mask',
      parcel(allOf(canRead, mask, allOf(canWrite, masked(canRead, String)))),
      ['Parcel.contents: SEVERAL_MASKS'],
    ],
  ];

  test.each(table)('%s', (_name, permissions, problems) => {
    expect(problemsOf(permissions)).toEqual(problems);
  });

  test('does not hide the others: all are told at once, in one message', () => {
    const error = failureOf({
      Query: { parcel: canRead, thing: undefined, weight: () => true },
      Parcel: { id: and(), contents: mask },
      Thing: { id: canRead },
      Ghost: {},
    });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(codesOf(error.problems)).toEqual([
      'Thing: RULE_ON_OTHER_TYPE',
      'Ghost: UNKNOWN_TYPE',
      'Query.thing: NOT_A_RULE',
      'Query.weight: NOT_A_RULE',
      'Parcel.id: EMPTY_RULE_LIST',
      'Parcel.contents: MASK_WITHOUT_RULE',
      'Person.id: NO_RULE',
      'Person.name: NO_RULE',
    ]);
    for (const problem of error.problems) expect(error.message).toContain(`\n  ${formatProblem(problem)}`);
  });

  test('of a rule used on many fields is told at each of them', () => {
    const faulty = and();
    expect(problemsOf({ ...complete, Parcel: { id: faulty, contents: faulty } })).toEqual([
      'Parcel.id: EMPTY_RULE_LIST',
      'Parcel.contents: EMPTY_RULE_LIST',
    ]);
  });
});

describe("graphql-shield's own trees of the vocabulary's rules", () => {
  const reader = factsOf(userWith('parcels/read'), clerk);
  test.each([
    ['and', and(canRead, canWrite), 'denied'],
    ['chain', chain(canRead, canWrite), 'denied'],
    ['or', or(canWrite, canRead), 'allowed'],
    ['race', race(canWrite, canRead), 'allowed'],
    ['not', not(canWrite), 'allowed'],
    ['allow', allow, 'allowed'],
    ['deny', deny, 'denied'],
    ['a tree of them', or(deny, and(chain(allow, canRead), race(deny, not(isManager)))), 'allowed'],
  ] as const)('%s decides as it does there', (_name, tree, outcome) => {
    expect(decide({ ...complete, Parcel: { id: tree, contents: canRead } }, 'Parcel.id', reader).outcome).toBe(outcome);
  });
});

describe('a rule on an interface field', () => {
  const typeDefs = /* GraphQL */ `
    interface Node { id: ID! }
    interface Resource implements Node { id: ID! url: String }
    type Query { resource: Resource }
    type Parcel implements Node & Resource { id: ID! url: String }
    type Letter implements Node & Resource { id: ID! url: String }
    type Stamp implements Node { id: ID! }
  `;
  const hasToken = requireToken();
  const rulesOf = (types: PermissionMap): PermissionMap => ({
    Query: { resource: canRead },
    Parcel: { id: hasToken, url: hasToken },
    Letter: { id: hasToken, url: hasToken },
    Stamp: { id: hasToken },
    ...types,
  });
  const outcomesOf = (permissions: PermissionMap, facts: DecisionInput, coordinates: readonly string[]) =>
    coordinates.map((coordinate) => decide(permissions, coordinate, facts, buildSchema(typeDefs)).outcome);

  const nobody = factsOf(userWith());
  const everyId = ['Parcel.id', 'Letter.id', 'Stamp.id'];

  test('binds all implementations, also those through an interface that implements it', () => {
    const permissions = rulesOf({ Node: { id: canRead } });
    expect(outcomesOf(permissions, nobody, everyId)).toEqual(['denied', 'denied', 'denied']);
    expect(outcomesOf(permissions, factsOf(userWith('parcels/read')), everyId)).toEqual(Array(3).fill('allowed'));
  });

  test('binds only the implementations of that interface', () => {
    const permissions = rulesOf({ Resource: { id: canRead, url: canRead } });
    expect(outcomesOf(permissions, nobody, everyId)).toEqual(['denied', 'denied', 'allowed']);
    expect(outcomesOf(permissions, nobody, ['Parcel.url', 'Letter.url'])).toEqual(['denied', 'denied']);
  });

  test("is joined by conjunction with the field's own and with those of other interfaces", () => {
    const permissions = rulesOf({
      Node: { id: canRead },
      Resource: { id: canWrite },
      Parcel: { id: isManager, url: canRead },
    });
    const parcel = (facts: DecisionInput) => outcomesOf(permissions, facts, ['Parcel.id']);
    expect(parcel(factsOf(userWith('parcels/read', 'parcels/write'), manager))).toEqual(['allowed']);
    expect(parcel(factsOf(userWith('parcels/write'), manager))).toEqual(['denied']);
    expect(parcel(factsOf(userWith('parcels/read'), manager))).toEqual(['denied']);
    expect(parcel(factsOf(userWith('parcels/read', 'parcels/write'), clerk))).toEqual(['denied']);
  });

  test('is enough for a field without an own rule', () => {
    const permissions = rulesOf({ Node: { id: canRead }, Stamp: {} });
    expect(outcomesOf(permissions, nobody, ['Stamp.id'])).toEqual(['denied']);
    const { Stamp, ...withoutStamp } = permissions;
    expect(Stamp).toEqual({});
    expect(outcomesOf(withoutStamp, nobody, ['Stamp.id'])).toEqual(['denied']);
  });

  test('does not cover a faulty own rule', () => {
    expect(problemsOf(rulesOf({ Node: { id: canRead }, Stamp: { id: undefined } }), buildSchema(typeDefs))).toEqual([
      'Stamp.id: NOT_A_RULE',
    ]);
  });

  test.each([
    ['through the interface', '{ resource { id } }'],
    ['through an inline fragment', '{ resource { ... on Parcel { id } } }'],
    ['through a fragment on the other interface', '{ resource { ... on Node { id } } }'],
    ['through a named fragment and an alias', '{ resource { ...F } } fragment F on Parcel { number: id }'],
  ])('denies %s', async (_name, query) => {
    const guarded = guard(typeDefs, rulesOf({ Node: { id: canWrite } }), {
      Query: { resource: () => ({ __typename: 'Parcel', id: 'p-1' }) },
    });
    const { failures, data } = await executeGuarded(guarded, { query, principal: userWith('parcels/read') });
    expect({ data, codes: failures.map(({ code }) => code) }).toEqual({
      data: { resource: null },
      codes: ['INSUFFICIENT_SCOPE'],
    });
  });

  test('joins masks: both are applied', async () => {
    const guarded = guard(
      typeDefs,
      rulesOf({
        Resource: {
          url: allOf(
            canRead,
            masked(canWrite, (url: string) => url.replace('secret', '***')),
          ),
        },
        Parcel: {
          id: canRead,
          url: allOf(
            canRead,
            masked(isManager, (url: string) => url.replace('path', '*')),
          ),
        },
      }),
      { Query: { resource: () => ({ __typename: 'Parcel', url: 'https://secret/path' }) } },
    );
    const query = '{ resource { url } }';
    const seenBy = async (scopes: readonly string[], claims: SettledClaims) =>
      (await executeGuarded(guarded, { query, principal: userWith(...scopes), claims })).data;
    expect(await seenBy(['parcels/read'], clerk)).toEqual({ resource: { url: 'https://***/*' } });
    expect(await seenBy(['parcels/read'], manager)).toEqual({ resource: { url: 'https://***/path' } });
    expect(await seenBy(['parcels/read', 'parcels/write'], clerk)).toEqual({ resource: { url: 'https://secret/*' } });
    expect(await seenBy(['parcels/read', 'parcels/write'], manager)).toEqual({
      resource: { url: 'https://secret/path' },
    });
  });
});

describe('names that every object has', () => {
  const typeDefs = /* GraphQL */ `
    type Query { constructor: toString toString: String hasOwnProperty: String valueOf: constructor }
    type toString { constructor: String hasOwnProperty: String }
    type constructor { toString: String valueOf: String }
  `;
  const permissions = {
    Query: { constructor: canRead, toString: canWrite, hasOwnProperty: isManager, valueOf: canRead },
    toString: { constructor: canRead, hasOwnProperty: canWrite },
    constructor: { toString: canRead, valueOf: canWrite },
  } satisfies PermissionMap;
  const resolvers = {
    Query: {
      constructor: () => ({ constructor: 'one', hasOwnProperty: 'two' }),
      toString: () => 'three',
      hasOwnProperty: () => 'four',
      valueOf: () => ({ toString: 'five', valueOf: 'six' }),
    },
  };

  test('are ordinary names of types, fields and aliases', async () => {
    const guarded = guard(typeDefs, permissions, resolvers);
    const query = `{
      toString: constructor { constructor valueOf: hasOwnProperty }
      constructor: toString
      hasOwnProperty
      valueOf { toString hasOwnProperty: valueOf }
    }`;
    const { data, failures } = await executeGuarded(guarded, { query, principal: userWith('parcels/read') });
    expect(data).toEqual({
      toString: { constructor: 'one', valueOf: null },
      constructor: null,
      hasOwnProperty: null,
      valueOf: { toString: 'five', hasOwnProperty: null },
    });
    expect(failures).toEqual([
      { path: 'toString.valueOf', code: 'INSUFFICIENT_SCOPE' },
      { path: 'constructor', code: 'INSUFFICIENT_SCOPE' },
      { path: 'hasOwnProperty', code: 'FORBIDDEN' },
      { path: 'valueOf.hasOwnProperty', code: 'INSUFFICIENT_SCOPE' },
    ]);
  });

  test('have no rule unless they are given one', () => {
    const without = { Query: {}, toString: {}, constructor: {} };
    expect(problemsOf(without, buildSchema(typeDefs)).map((problem) => problem.split(':')[0])).toEqual([
      'Query.constructor',
      'Query.toString',
      'Query.hasOwnProperty',
      'Query.valueOf',
      'toString.constructor',
      'toString.hasOwnProperty',
      'constructor.toString',
      'constructor.valueOf',
    ]);
  });

  test('are unknown where the schema does not have them', () => {
    const permissions = { ...complete, constructor: { toString: canRead }, Node: { hasOwnProperty: canRead } };
    expect(problemsOf(permissions)).toEqual(['constructor: UNKNOWN_TYPE', 'Node.hasOwnProperty: UNKNOWN_FIELD']);
  });
});

test('row rules and needsClaims go beside each other', () => {
  const ownRegion = requireRow(
    'is of their region',
    (row: { region: string }, c: StaffClaims) => row.region === c.region,
  );
  const permissions = { ...complete, Parcel: { id: allOf(needsClaims('sees rows'), ownRegion), contents: canRead } };
  expect(decide(permissions, 'Parcel.id', factsOf(userWith(), clerk)).outcome).toBe('denied');
});

function problemsOf(permissions: PermissionMap, of = schema): readonly string[] {
  return codesOf(failureOf(permissions, of).problems);
}

function failureOf(permissions: PermissionMap, of = schema): PermissionMapError {
  try {
    compilePermissions(of, permissions);
  } catch (error) {
    if (error instanceof PermissionMapError) return error;
    throw error;
  }
  throw new TypeError('expected the permission map to be refused');
}

function decide(permissions: PermissionMap, coordinate: string, facts: DecisionInput, of = schema) {
  const plan = [...compilePermissions(of, permissions).values()].find((each) => each.coordinate === coordinate);
  if (!plan) throw new TypeError(`expected a plan for ${coordinate}`);
  return evaluate(plan.permission, facts, { region: 'elsewhere' }, {});
}

/** As when two versions of graphql-shield are installed side by side. */
