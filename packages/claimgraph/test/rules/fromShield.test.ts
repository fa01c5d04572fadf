import { describe, expect, test } from 'vitest';
import { PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { fromShield } from '../../src/rules/fromShield.ts';
import { requireScope } from '../../src/rules/index.ts';
import { allow, and, deny, not, or, rule, type ShieldTree } from '../../src/rules/shield.ts';
import { askGuarded } from '../operation/askGuarded.ts';
import { userWith } from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import { guard } from '../support/guardedExecution.ts';

const typeDefs = /* GraphQL */ `
  interface Node { id: ID }
  union Thing = Parcel | Person
  scalar Weight
  enum Size { SMALL LARGE }
  input Filter { size: Size }
  type Query { parcel: Parcel person(filter: Filter): Person thing: Thing weight: Weight }
  type Parcel implements Node { id: ID contents: String }
  type Person implements Node { id: ID name: String }
`;
const resolvers = {
  Query: { parcel: () => ({ id: 'p-1', contents: 'books' }), person: () => ({ id: 'u-1', name: 'Ada' }) },
};
const query = '{ parcel { id contents } person { id name } }';

const yes = rule('says yes')(() => true);
const no = rule('says no')(() => false);

/** The paths that were refused, or the problems that stopped the boot. */
async function refusedWith(tree: unknown, options?: Parameters<typeof fromShield>[1]): Promise<readonly string[]> {
  try {
    const guarded = guard(typeDefs, fromShield(tree as ShieldTree, options), resolvers);
    return (await askGuarded(guarded, { query, principal: userWith() })).errors.map(({ path }) => path);
  } catch (error) {
    if (error instanceof PermissionMapError) return codesOf(error.problems);
    throw error;
  }
}

describe('a tree of graphql-shield decides', () => {
  test.each([
    ['the whole schema by one rule that allows', yes, undefined, []],
    ['the whole schema by one rule that denies', no, undefined, ['parcel', 'person']],
    ['the whole schema by one logic rule', and(yes, no), undefined, ['parcel', 'person']],
    ['a type by one rule', { Query: yes, Parcel: no, Person: allow }, undefined, ['parcel.id', 'parcel.contents']],
    [
      "a type's other fields by its '*'",
      { Query: { '*': yes }, Parcel: { '*': no, id: yes }, Person: { '*': yes, id: no } },
      undefined,
      ['parcel.contents', 'person.id'],
    ],
    ['all else by the fallback', { Parcel: { id: no } }, { fallbackRule: allow }, ['parcel.id']],
    [
      'all else by a fallback that denies',
      { Query: yes, Person: yes, Parcel: { id: yes } },
      { fallbackRule: deny },
      ['parcel.contents'],
    ],
    [
      'all else by a fallback of any kind',
      { Query: yes, Parcel: {} },
      { fallbackRule: or(no, no) },
      ['parcel.id', 'parcel.contents', 'person.id', 'person.name'],
    ],
    [
      "a type's other fields by its '*' and not by the fallback",
      { Query: yes, Person: yes, Parcel: { '*': yes } },
      { fallbackRule: deny },
      [],
    ],
    [
      'by rules of the vocabulary too',
      { Query: yes, Person: yes, Parcel: and(yes, requireScope('parcels/read')) },
      undefined,
      ['parcel.id', 'parcel.contents'],
    ],
  ] as const)('%s', async (_name, tree, options, refused) => {
    expect(await refusedWith(tree, options)).toEqual(refused);
  });
});

describe('where graphql-shield would allow or look away, the boot stops', () => {
  const covered = { Query: yes, Parcel: yes, Person: yes };
  const otherKind = 'RULE_ON_OTHER_TYPE';
  const unsuitable = (type: string, ...names: readonly string[]) =>
    names.map((name) => `${type}.${name}: UNSUITABLE_INPUT_RULE`);
  const isUndefined = 'NOT_A_RULE';

  test.each([
    [
      'a field that the tree does not cover',
      { Query: yes, Person: yes, Parcel: { id: yes } },
      ['Parcel.contents: NO_RULE'],
    ],
    [
      'a type without any rule',
      { Query: yes, Person: yes, Parcel: {} },
      ['Parcel.id: NO_RULE', 'Parcel.contents: NO_RULE'],
    ],
    ['a field that is undefined', { ...covered, Parcel: { '*': yes, id: undefined } }, [`Parcel.id: ${isUndefined}`]],
    ['a type that is undefined', { ...covered, Parcel: undefined }, [`Parcel.*: ${isUndefined}`]],
    ['a type that is null', { ...covered, Parcel: null }, ['Parcel.*: NOT_A_RULE']],
    ['a tree that is undefined', undefined, [`*: ${isUndefined}`]],
    ["a '*' that is undefined", { ...covered, Parcel: { '*': undefined } }, [`Parcel.*: ${isUndefined}`]],
    ['a rule on a union', { ...covered, Thing: no }, [`Thing: ${otherKind}`]],
    ['a rule on a scalar', { ...covered, Weight: no }, [`Weight: ${otherKind}`]],
    ['a rule on an enum', { ...covered, Size: no }, unsuitable('Size', 'SMALL', 'LARGE')],
    ['rules on the fields of an input', { ...covered, Filter: { size: no } }, unsuitable('Filter', 'size')],
    ['a type that is not in the schema', { ...covered, Ghost: no }, ['Ghost: UNKNOWN_TYPE']],
    [
      'a field that is not in the schema',
      { ...covered, Parcel: { '*': yes, weight: no } },
      ['Parcel.weight: UNKNOWN_FIELD'],
    ],
    ['a bare function', { ...covered, Parcel: { '*': () => true } }, ['Parcel.*: NOT_A_RULE']],
    ['a rule of renamed classes for a type', { ...covered, Parcel: { resolve: () => true } }, ['Parcel.*: NOT_A_RULE']],
    [
      'a rule without a function',
      { ...covered, Parcel: rule('is lost')(Reflect.get({}, 'lost')) },
      ['Parcel.*: SHIELD_RULE_WITHOUT_FUNCTION'],
    ],
    [
      'a rule with a fragment',
      { ...covered, Parcel: rule('is owner', { fragment: 'fragment F on Parcel { id }' })(() => true) },
      ['Parcel.*: SHIELD_RULE_WITH_FRAGMENT'],
    ],
    ['an all-of without rules, which allows there', { ...covered, Parcel: and() }, ['Parcel.*: EMPTY_RULE_LIST']],
    [
      'a not with an error that would become data there',
      { ...covered, Parcel: Reflect.apply(not, undefined, [yes, { id: 'p-1' }]) },
      ['Parcel.*: INVALID_ERROR_OF_NOT'],
    ],
  ] as const)('%s', async (_name, tree, problems) => {
    expect([...new Set(await refusedWith(tree))]).toEqual(problems);
  });

  test('also a fallback that is spelled out and undefined', async () => {
    const options = { fallbackRule: Reflect.get({}, 'denyy') };
    expect(await refusedWith({ Query: yes }, options)).toEqual([`*: ${isUndefined}`]);
  });

  test.each([
    ['allowExternalErrors', { allowExternalErrors: true }],
    ['debug', { debug: true }],
    ['fallbackError', { fallbackError: 'No!' }],
    ['hashFunction, allowExternalErrors', { hashFunction: String, allowExternalErrors: false }],
  ])('options that mean nothing here: %s', (names, options) => {
    expect(() => fromShield(yes, options as object)).toThrow(ConfigurationError);
    expect(() => fromShield(yes, options as object)).toThrow(new RegExp(`^fromShield: .*fallbackRule.* got ${names};`));
  });

  test("a '*' in place of a type, which is no fallback there", () => {
    expect(() => fromShield({ '*': yes })).toThrow(/'\*'.*fallbackRule/);
  });
});

describe('a rule on an interface, which graphql-shield never asks', () => {
  test.each([
    ['for one field', { Query: yes, Parcel: yes, Person: yes, Node: { id: no } }],
    ["by '*'", { Query: yes, Parcel: yes, Person: yes, Node: { '*': no } }],
    ['as a type', { Query: yes, Parcel: yes, Person: yes, Node: no }],
  ])('binds every implementation, and only in the fields of the interface: %s', async (_name, tree) => {
    expect(await refusedWith(tree)).toEqual(['parcel.id', 'person.id']);
  });

  test('does not take the place of the fallback', async () => {
    const tree = { Query: yes, Parcel: { contents: yes }, Person: yes, Node: yes };
    expect(await refusedWith(tree, { fallbackRule: deny })).toEqual(['parcel.id']);
    expect(await refusedWith({ ...tree, Node: no }, { fallbackRule: yes })).toEqual(['parcel.id', 'person.id']);
  });
});

describe('names that every object has', () => {
  const schema = /* GraphQL */ `
    type Query { constructor: toString toString: String }
    type toString { constructor: String hasOwnProperty: String }
  `;
  const ask = async (tree: ShieldTree, fallbackRule = deny) =>
    (
      await askGuarded(
        guard(schema, fromShield(tree, { fallbackRule }), {
          Query: { constructor: () => ({ constructor: 'one', hasOwnProperty: 'two' }), toString: () => 'three' },
        }),
        { query: '{ constructor { constructor hasOwnProperty } toString }' },
      )
    ).errors.map(({ path }) => path);

  test('are ordinary names of types and fields', async () => {
    expect(await ask({ Query: yes, toString: { constructor: yes, hasOwnProperty: no } })).toEqual([
      'constructor.hasOwnProperty',
    ]);
  });

  test('have the fallback where no rule is given', async () => {
    expect(await ask({ Query: { constructor: yes } })).toEqual([
      'constructor.constructor',
      'constructor.hasOwnProperty',
      'toString',
    ]);
    expect(await ask({ Query: { constructor: yes }, toString: {} }, allow)).toEqual([]);
  });
});
