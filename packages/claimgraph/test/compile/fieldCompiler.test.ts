import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { compilePermissions, type PermissionMap, PermissionMapError } from '../../src/compile/compilePermissions.ts';
import { ConfigurationError } from '../../src/errors.ts';
import type { DecisionInput } from '../../src/logic/decisionInput.ts';
import { evaluate } from '../../src/logic/evaluate.ts';
import {
  allOf,
  anyOf,
  denyMode,
  exposes,
  type FieldRule,
  inherit,
  masked,
  needsClaims,
  publicField,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireRowByToken,
  requireScope,
  requireToken,
} from '../../src/rules/index.ts';
import { allow, deny, rule as shieldRule } from '../../src/rules/shield.ts';
import { clerk, factsOf, found, manager, type StaffClaims, storeIsDown, userWith } from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import { executeGuarded, guard } from '../support/guardedExecution.ts';

const a = requireScope('a');
const b = requireScope('b');
const c = requireScope('c');
const d = requireScope('d');
const open = publicField('anybody may know it');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const isOfTheirRegion = requireRow(
  'is of their region',
  (row: { readonly region: string }, claims: StaffClaims) => row.region === claims.region,
);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first <= 10);
const hide = () => '***';

const allScopes = ['a', 'b', 'c', 'd'] as const;

describe('a wildcard', () => {
  const schema = buildSchema(/* GraphQL */ `
    interface Node { id: ID }
    interface Resource implements Node { id: ID url: String }
    type Query { resource: Resource }
    type Parcel implements Node & Resource { id: ID url: String contents: String }
    type Letter implements Node { id: ID text: String }
  `);
  const coordinates = [
    'Query.resource',
    'Parcel.id',
    'Parcel.url',
    'Parcel.contents',
    'Letter.id',
    'Letter.text',
  ] as const;

  test.each<readonly [string, PermissionMap, readonly string[]]>([
    ['beside the types stands for every field', { '*': a }, ['a', 'a', 'a', 'a', 'a', 'a']],
    ['of a type goes before the one beside the types', { '*': a, Parcel: { '*': b } }, ['a', 'b', 'b', 'b', 'a', 'a']],
    [
      'of a type gives way to a rule by name, and is not added to it',
      { '*': a, Parcel: { url: c, '*': b } },
      ['a', 'b', 'c', 'b', 'a', 'a'],
    ],
    ['gives way wherever it is written', { Parcel: { '*': b, url: c }, '*': a }, ['a', 'b', 'c', 'b', 'a', 'a']],
    [
      'beside the types covers the fields that a type leaves out',
      { '*': a, Parcel: { url: c } },
      ['a', 'a', 'c', 'a', 'a', 'a'],
    ],
    [
      'of an interface binds its own fields in all implementations, and no others',
      { Query: { '*': a }, Parcel: { '*': a }, Letter: { '*': a }, Node: { '*': b }, Resource: { '*': c } },
      ['a', 'a b c', 'a c', 'a', 'a b', 'a'],
    ],
    [
      'of an interface gives way to its rule by name, and to no rule of another interface',
      {
        Query: { '*': a },
        Parcel: { '*': a },
        Letter: { '*': a },
        Node: { id: d, '*': b },
        Resource: { id: b, '*': c },
      },
      ['a', 'a b d', 'a c', 'a', 'a d', 'a'],
    ],
    [
      'of an interface is enough for a field without another rule',
      { Query: { '*': a }, Parcel: { contents: a }, Letter: { text: a }, Node: { '*': b }, Resource: { '*': c } },
      ['a', 'b c', 'c', 'a', 'b', 'a'],
    ],
    [
      'beside the types is joined to the rules of interfaces, for it stands for the own rule',
      { '*': a, Node: { '*': b } },
      ['a', 'a b', 'a', 'a', 'a b', 'a'],
    ],
    [
      'beside the types stands for no rule of an interface',
      { '*': a, Parcel: { '*': b }, Letter: { '*': c } },
      ['a', 'b', 'b', 'b', 'c', 'c'],
    ],
  ])('%s', (_name, permissions, scopes) => {
    expect(coordinates.map((coordinate) => scopesOf(permissions, coordinate, schema))).toEqual(scopes);
  });

  const undefinedRule = 'NOT_A_RULE';
  test.each<readonly [string, PermissionMap, readonly string[]]>([
    [
      'of a type does not cover for a rule that is undefined',
      { '*': a, Parcel: { url: undefined, '*': b } },
      [`Parcel.url: ${undefinedRule}`],
    ],
    [
      'of an interface does not cover for a rule that is undefined',
      { '*': a, Node: { id: undefined, '*': b } },
      [`Node.id: ${undefinedRule}`],
    ],
    ['beside the types must be a rule', { '*': undefined }, [`*: ${undefinedRule}`]],
    ['beside the types is one rule and no map', { '*': { id: a } }, ['*: NOT_A_RULE']],
    ['of a type must be a rule', { '*': a, Parcel: { '*': undefined } }, [`Parcel.*: ${undefinedRule}`]],
    ['of an interface must be a rule', { '*': a, Node: { '*': undefined } }, [`Node.*: ${undefinedRule}`]],
    [
      'of an interface leaves the other fields of its implementations without a rule',
      { Query: { '*': a }, Parcel: { '*': a }, Node: { '*': b } },
      ['Letter.text: NO_RULE'],
    ],
    [
      'of a type whose name is in doubt counts for nothing',
      { Query: { '*': a }, Parcel: { '*': a }, Leter: { '*': a } },
      ['Leter: UNKNOWN_TYPE', 'Letter.id: NO_RULE', 'Letter.text: NO_RULE'],
    ],
  ])('%s', (_name, permissions, problems) => {
    expect(problemsOf(permissions, schema)).toEqual(problems);
  });
});

describe('a field that is public by one rule and protected by another', () => {
  const schema = buildSchema(/* GraphQL */ `
    interface Node { id: ID }
    interface Named { id: ID }
    type Query { node: Node }
    type Parcel implements Node & Named { id: ID }
  `);
  const mapOf = (types: PermissionMap): PermissionMap => ({ Query: { node: a }, ...types });
  const contradiction = ['Parcel.id: CONTRADICTORY_RULES'];

  test.each<readonly [string, PermissionMap, readonly string[]]>([
    ['stops the boot when the interface protects', { Parcel: { id: open }, Node: { id: a } }, contradiction],
    ['stops the boot when the type protects', { Parcel: { id: a }, Node: { id: open } }, contradiction],
    ['stops the boot when two interfaces disagree', { Node: { id: open }, Named: { id: a } }, contradiction],
    [
      'stops the boot with every coordinate',
      { Parcel: { id: a }, Node: { id: open }, Named: { id: b } },
      contradiction,
    ],
    ['stops the boot when a wildcard of the type is public', { Parcel: { '*': open }, Node: { id: a } }, contradiction],
    [
      'stops the boot when a wildcard of an interface protects',
      { Parcel: { id: open }, Node: { '*': a } },
      contradiction,
    ],
    [
      "stops the boot when it is public by graphql-shield's allow",
      { Parcel: { id: allow }, Node: { id: a } },
      contradiction,
    ],
    [
      "stops the boot when it is closed by graphql-shield's deny",
      { Parcel: { id: open }, Node: { id: deny } },
      contradiction,
    ],
    [
      'stops the boot when what is public is public by what it inherits',
      { Query: { node: open }, Parcel: { id: inherit('Query.node') }, Node: { id: a } },
      contradiction,
    ],
    [
      'stops the boot when the public rule is one of any',
      { Parcel: { id: anyOf(a, open) }, Node: { id: a } },
      contradiction,
    ],
    [
      'is not told of while one of its rules is faulty',
      { Parcel: { id: null }, Node: { id: open }, Named: { id: a } },
      ['Parcel.id: NOT_A_RULE'],
    ],
    [
      'is not told of while part of what it inherits is missing',
      { Query: { node: open }, Parcel: { id: inherit('Query.node', 'Query.nod') }, Node: { id: a } },
      ['Parcel.id: UNKNOWN_DEPENDENCY'],
    ],
    [
      'stops the boot when it is public and masked',
      { Parcel: { id: allOf(open, masked(a, hide)) }, Node: { id: a } },
      contradiction,
    ],
  ])('%s', (_name, types, problems) => {
    expect(problemsOf(mapOf(types), schema)).toEqual(problems);
  });

  test.each<readonly [string, PermissionMap, string]>([
    ['by the wildcard beside the types, is protected', { '*': open, Node: { id: a } }, 'a'],
    ['by an interface, is protected by the wildcard beside the types', { '*': a, Node: { id: open } }, 'a'],
    ['twice, is public', { Parcel: { id: open }, Node: { id: publicField('it is printed on it') } }, ''],
    ['inside one rule, is as the rule says', { Parcel: { id: allOf(open, a) }, Node: { id: b } }, 'a b'],
  ])('%s', (_name, types, scopes) => {
    expect(scopesOf(mapOf(types), 'Parcel.id', schema)).toBe(scopes);
  });
});

describe('the name of a rule', () => {
  const schema = buildSchema('type Query { one: String two: String three: String }');
  const clash = (coordinate: string) => `${coordinate}: DUPLICATE_RULE_NAME`;
  const namesake = requireClaims('is a manager', ({ region }: StaffClaims) => region === 'north');
  const others = { three: a };

  test.each<readonly [string, unknown, unknown, readonly string[]]>([
    ['may not be that of another rule', isManager, namesake, [clash('Query.two')]],
    ['may not be that of another rule in a tree', isManager, anyOf(a, allOf(b, namesake)), [clash('Query.two')]],
    ['may not be that of another rule in a mask', isManager, allOf(a, masked(namesake, hide)), [clash('Query.two')]],
    ['may not be that of another rule beside it', allOf(isManager, namesake), a, [clash('Query.one')]],
    [
      'may not be that of a rule of another kind',
      isManager,
      allOf(a, needsClaims('is a manager')),
      [clash('Query.two')],
    ],
    [
      'may not be that of a rule made in the same way at another place',
      isManager,
      requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager'),
      [clash('Query.two')],
    ],
  ])('%s', (_name, one, two, problems) => {
    expect(problemsOf({ Query: { one, two, ...others } }, schema)).toEqual(problems);
  });

  test.each<readonly [string, () => FieldRule]>([
    ['requireClaims', () => requireClaims('is theirs', () => true)],
    ['needsClaims', () => needsClaims('is theirs')],
    ['requireArguments', () => requireArguments<unknown>('is theirs', () => true)],
    ['requireArgumentsByClaims', () => requireArgumentsByClaims<unknown, unknown>('is theirs', () => true)],
    ['requireRow', () => requireRow<unknown, unknown>('is theirs', () => true)],
    ['requireRowByToken', () => requireRowByToken<unknown>('is theirs', () => true)],
  ])('may not be that of another rule by %s', (_name, make) => {
    expect(problemsOf({ Query: { one: make(), two: make(), ...others } }, schema)).toEqual([
      'Query.two: DUPLICATE_RULE_NAME',
    ]);
  });

  test('is told wherever the second rule is used, and not where the first is', () => {
    expect(problemsOf({ Query: { one: isManager, two: namesake, three: namesake } }, schema)).toEqual([
      clash('Query.two'),
      clash('Query.three'),
    ]);
  });

  test.each<readonly [string, unknown, unknown]>([
    ['one rule used twice', isManager, isManager],
    ['one rule used twice in one tree', anyOf(isManager, allOf(a, isManager)), isManager],
    ['one rule in a mask and beside it', allOf(a, masked(isManager, hide)), isManager],
    ['requireScope made twice', requireScope('a'), requireScope('a')],
    ['requireToken made twice', requireToken(), requireToken()],
    ['publicField with one reason made twice', publicField('why not'), publicField('why not')],
    ['one rule inherited and used', isManager, allOf(isManager, inherit('Query.one'))],
  ])('may be met again: %s', (_name, one, two) => {
    expect(compilePermissions(schema, { Query: { one, two, ...others } }).size).toBe(3);
  });

  test('is free again in the next permission map', () => {
    expect(compilePermissions(schema, { Query: { one: isManager, two: a, ...others } }).size).toBe(3);
    expect(compilePermissions(schema, { Query: { one: namesake, two: a, ...others } }).size).toBe(3);
  });
});

describe('inherit', () => {
  const typeDefs = /* GraphQL */ `
    interface Priced { total(first: Int): Int }
    scalar Money
    enum Size { SMALL }
    input Filter { size: Size }
    union Thing = Order | Line
    type Query { order: Order orders: [Order] size(filter: Filter): Money thing: Thing }
    type Order implements Priced { total(first: Int): Int price: String cost: String margin: String label: String few(first: Int): Int }
    type Line implements Priced { total(first: Int): Int price: String }
    type OrderDraft { price: String }
  `;
  const schema = buildSchema(typeDefs);
  const mapOf = ({ Order, Line, ...types }: Record<string, Record<string, unknown>>): PermissionMap => ({
    Query: { order: open, orders: open, size: open, thing: open },
    Order: { total: d, price: d, cost: d, margin: d, label: d, few: d, ...Order },
    Line: { total: d, price: d, ...Line },
    OrderDraft: { price: d },
    ...types,
  });

  test.each<readonly [string, PermissionMap, string]>([
    ['asks for what the field asks for', mapOf({ Order: { price: a, margin: inherit('Order.price') } }), 'a'],
    [
      'of several fields asks for all of it',
      mapOf({ Order: { price: a, cost: b, margin: inherit('Order.price', 'Order.cost') } }),
      'a b',
    ],
    ['stands beside other rules', mapOf({ Order: { price: a, margin: allOf(c, inherit('Order.price')) } }), 'a c'],
    ['reaches into another type', mapOf({ Line: { price: a }, Order: { margin: inherit('Line.price') } }), 'a'],
    [
      'follows a chain of inherits',
      mapOf({
        Order: { label: allOf(a, inherit('Line.price')), cost: inherit('Order.label'), margin: inherit('Order.cost') },
        Line: { price: b },
      }),
      'a b',
    ],
    [
      'asks for what interfaces add to the field',
      mapOf({ Order: { total: a, margin: inherit('Order.total') }, Priced: { total: b } }),
      'a b',
    ],
    ['follows a wildcard', { '*': a, Order: { '*': b, margin: inherit('Order.price', 'Line.price') } }, 'a b'],
    [
      'of a masked field asks for reading it whole',
      mapOf({ Order: { price: allOf(a, masked(b, hide)), margin: inherit('Order.price') } }),
      'a b',
    ],
    [
      'of a field that inherits from a masked one asks for reading that whole',
      mapOf({
        Order: { price: allOf(a, masked(b, hide)), cost: inherit('Order.price'), margin: inherit('Order.cost') },
      }),
      'a b',
    ],
    [
      'under a deny mode is still what is asked for',
      mapOf({ Order: { price: a, margin: denyMode('dropItem', inherit('Order.price')) } }),
      'a',
    ],
    [
      'takes nothing from a field that inherits from the same one',
      mapOf({ Order: { price: a, label: allOf(b, inherit('Order.price')), margin: inherit('Order.price') } }),
      'a',
    ],
    [
      'may reach one field by two ways',
      mapOf({
        Order: { price: a, cost: inherit('Order.price'), margin: inherit('Order.price', 'Order.cost') },
      }),
      'a',
    ],
  ])('%s', (_name, permissions, scopes) => {
    expect(scopesOf(permissions, 'Order.margin', schema)).toBe(scopes);
  });

  test('may be written on an interface, and binds all implementations', () => {
    const permissions = mapOf({
      Order: { total: a, price: b },
      Line: { total: c },
      Priced: { total: inherit('Order.price') },
    });
    expect(scopesOf(permissions, 'Order.total', schema)).toBe('a b');
    expect(scopesOf(permissions, 'Line.total', schema)).toBe('b c');
  });

  test('in anyOf is one of the ways', () => {
    const permissions = mapOf({ Order: { price: a, cost: b, margin: anyOf(c, inherit('Order.price', 'Order.cost')) } });
    const outcomeWith = (...scopes: readonly string[]) =>
      decide(permissions, 'Order.margin', factsOf(userWith(...scopes)), schema).outcome;
    expect(outcomeWith('c')).toBe('allowed');
    expect(outcomeWith('a', 'b')).toBe('allowed');
    expect(outcomeWith('a')).toBe('denied');
    expect(outcomeWith('b')).toBe('denied');
  });

  test('as the rule of a mask shows the field whole to who may read the other whole', async () => {
    const guarded = guard(
      typeDefs,
      mapOf({
        Order: { price: allOf(a, masked(b, hide)), margin: allOf(c, masked(inherit('Order.price'), hide)) },
      }),
      { Query: { order: () => ({ margin: '12' }) } },
    );
    const marginOf = async (...scopes: readonly string[]) =>
      (await executeGuarded(guarded, { query: '{ order { margin } }', principal: userWith(...scopes) })).data;
    expect(await marginOf('c', 'a', 'b')).toEqual({ order: { margin: '12' } });
    expect(await marginOf('c', 'a')).toEqual({ order: { margin: '***' } });
    expect(await marginOf('a', 'b')).toEqual({ order: { margin: null } });
  });

  test('is a failure when the other field could not be decided', () => {
    const permissions = mapOf({ Order: { price: isManager, margin: inherit('Order.price') } });
    const decision = decide(permissions, 'Order.margin', factsOf(userWith(), storeIsDown), schema);
    expect(decision).toMatchObject({ outcome: 'indeterminate', rule: 'is a manager' });
  });

  test('means for each field that shares the rule what it means there', () => {
    const shared = allOf(a, inherit('Order.price'));
    const permissions = mapOf({
      Order: { price: isOfTheirRegion, margin: shared, cost: shared },
      Line: { price: shared },
    });
    expect(problemsOf(permissions, schema)).toEqual(['Line.price: INHERITS_FOREIGN_ROW_RULE']);
  });

  describe('of rows', () => {
    const rows = [
      { region: 'north', price: '10', margin: '1' },
      { region: 'south', price: '20', margin: '2' },
      { region: 'north', price: '30', margin: '3' },
    ];
    const resolvers = { Query: { orders: () => rows } };
    const query = '{ orders { margin } }';

    test.each<readonly [string, Record<string, unknown>]>([
      ['within one type', { price: allOf(a, isOfTheirRegion), margin: inherit('Order.price') }],
      [
        'through another field of the type',
        { price: allOf(a, isOfTheirRegion), cost: inherit('Order.price'), margin: inherit('Order.cost') },
      ],
      ['that hide a masked field', { price: allOf(a, masked(isOfTheirRegion, hide)), margin: inherit('Order.price') }],
    ])('%s is decided row by row', async (_name, Order) => {
      const guarded = guard(typeDefs, mapOf({ Order }), resolvers);
      expect(await executeGuarded(guarded, { query, principal: userWith('a'), claims: clerk })).toMatchObject({
        data: { orders: [{ margin: '1' }, { margin: null }, { margin: '3' }] },
        failures: [{ path: 'orders.1.margin', code: 'FORBIDDEN' }],
      });
      const south = found({ role: 'clerk', region: 'south' });
      expect(await executeGuarded(guarded, { query, principal: userWith('a'), claims: south })).toMatchObject({
        data: { orders: [{ margin: null }, { margin: '2' }, { margin: null }] },
      });
    });
  });

  const margin = (rule: unknown, Order: Record<string, unknown> = {}) => mapOf({ Order: { ...Order, margin: rule } });

  test.each<readonly [string, PermissionMap, readonly string[]]>([
    ['an unknown type', margin(inherit('Ordre.price')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['an unknown field', margin(inherit('Order.prize')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['a name that every object has', margin(inherit('constructor.name')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['a field that every object has', margin(inherit('Order.toString')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['a type alone', margin(inherit('Order')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['nothing', margin(inherit('')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['a wildcard', margin(inherit('Order.*')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['an interface', margin(inherit('Priced.total')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['a union', margin(inherit('Thing.price')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['a scalar', margin(inherit('Money.value')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['an enum', margin(inherit('Size.SMALL')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['an input', margin(inherit('Filter.size')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['an argument', margin(inherit('Order.few.first')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    ['something of itself', margin(inherit('Order.margin.of')), [`Order.margin: UNKNOWN_DEPENDENCY`]],
    [
      'introspection',
      { '*': a, Order: { '*': a, margin: inherit('__Type.name') } },
      [`Order.margin: UNKNOWN_DEPENDENCY`],
    ],
    [
      'several that are unknown',
      margin(inherit('Order.prize', 'Order.price', 'Ordre.cost')),
      [`Order.margin: UNKNOWN_DEPENDENCY`, `Order.margin: UNKNOWN_DEPENDENCY`],
    ],
    ['itself', margin(inherit('Order.margin')), [`Order.margin: CIRCULAR_DEPENDENCY`]],
    [
      'itself deep in a tree',
      margin(anyOf(a, allOf(b, inherit('Order.margin')))),
      [`Order.margin: CIRCULAR_DEPENDENCY`],
    ],
    [
      'itself in a mask',
      margin(allOf(a, masked(inherit('Order.margin'), hide))),
      [`Order.margin: CIRCULAR_DEPENDENCY`],
    ],
    [
      'a field that inherits from it',
      margin(inherit('Order.price'), { price: inherit('Order.margin') }),
      [`Order.margin: CIRCULAR_DEPENDENCY`],
    ],
    [
      'a field that inherits from one that inherits from it',
      mapOf({
        Order: { price: inherit('Line.price'), margin: inherit('Order.price') },
        Line: { price: inherit('Order.margin') },
      }),
      [`Order.margin: CIRCULAR_DEPENDENCY`],
    ],
    [
      'itself, by way of an interface',
      mapOf({ Priced: { total: inherit('Line.total') } }),
      [`Priced.total: CIRCULAR_DEPENDENCY`],
    ],
    [
      'a field whose arguments expose it',
      mapOf({
        Query: { '*': d, size: exposes(a, { 'filter.size': 'Order.margin' }) },
        Order: { margin: inherit('Query.size') },
      }),
      [`Order.margin: CIRCULAR_DEPENDENCY`],
    ],
    [
      'a cycle that it is not in, which is told of the cycle alone',
      mapOf({
        Order: { total: inherit('Order.margin'), price: inherit('Order.margin'), margin: inherit('Order.price') },
      }),
      [`Order.price: CIRCULAR_DEPENDENCY`],
    ],
    [
      'the rows of another type',
      mapOf({ Line: { price: isOfTheirRegion }, Order: { margin: inherit('Line.price') } }),
      [`Order.margin: INHERITS_FOREIGN_ROW_RULE`],
    ],
    [
      'a mask by the rows of another type',
      mapOf({ Line: { price: allOf(a, masked(isOfTheirRegion, hide)) }, Order: { margin: inherit('Line.price') } }),
      [`Order.margin: INHERITS_FOREIGN_ROW_RULE`],
    ],
    [
      'the rows of another type among other rules',
      mapOf({ Line: { price: anyOf(a, allOf(b, isOfTheirRegion)) }, Order: { margin: inherit('Line.price') } }),
      [`Order.margin: INHERITS_FOREIGN_ROW_RULE`],
    ],
    [
      'the rows of one implementation, written on an interface',
      mapOf({ Order: { price: isOfTheirRegion }, Priced: { total: inherit('Order.price') } }),
      [`Priced.total: INHERITS_FOREIGN_ROW_RULE`],
    ],
    [
      'the rows of a type whose name begins with that of its own',
      mapOf({ OrderDraft: { price: isOfTheirRegion }, Order: { margin: inherit('OrderDraft.price') } }),
      [`Order.margin: INHERITS_FOREIGN_ROW_RULE`],
    ],
    ['arguments', margin(inherit('Order.few'), { few: asksForFew }), [`Order.margin: INHERITS_ARGUMENTS_RULE`]],
    [
      'arguments among other rules',
      margin(inherit('Order.few'), { few: anyOf(a, allOf(b, asksForFew)) }),
      [`Order.margin: INHERITS_ARGUMENTS_RULE`],
    ],
    [
      'arguments that expose another field',
      margin(inherit('Order.few'), { few: exposes(a, { first: 'Order.price' }) }),
      [`Order.margin: INHERITS_ARGUMENTS_RULE`],
    ],
    [
      "a rule of graphql-shield's own, which may read them",
      margin(inherit('Order.few'), { few: shieldRule('anything')(() => true) }),
      [`Order.margin: INHERITS_ARGUMENTS_RULE`],
    ],
    [
      'a field with a problem of its own, which is told once',
      margin(allOf(inherit('Order.price'), inherit('Order.price')), { price: undefined, cost: inherit('Order.price') }),
      ['Order.price: NOT_A_RULE'],
    ],
    [
      'a field without a rule, which is told once',
      { ...mapOf({ Order: { margin: inherit('Line.price'), cost: inherit('Line.price') } }), Line: { total: a } },
      ['Line.price: NO_RULE'],
    ],
  ])('stops the boot on %s', (_name, permissions, problems) => {
    expect(problemsOf(permissions, schema)).toEqual(problems);
  });

  test('needs at least one field', () => {
    // @ts-expect-error Types say so too; plain JavaScript has none.
    expect(() => inherit()).toThrow(ConfigurationError);
  });
});

/** The scopes that a caller needs for the field, of all scopes; nothing else may be asked for. */
function scopesOf(permissions: PermissionMap, coordinate: string, schema: ReturnType<typeof buildSchema>): string {
  const outcomeWith = (scopes: readonly string[]) =>
    decide(permissions, coordinate, factsOf(userWith(...scopes), manager), schema).outcome;
  const needed = allScopes.filter((scope) => outcomeWith(allScopes.filter((other) => other !== scope)) === 'denied');
  expect(outcomeWith(needed)).toBe('allowed');
  return needed.join(' ');
}

function decide(
  permissions: PermissionMap,
  coordinate: string,
  facts: DecisionInput,
  schema: ReturnType<typeof buildSchema>,
) {
  const plan = [...compilePermissions(schema, permissions).values()].find((each) => each.coordinate === coordinate);
  if (!plan) throw new TypeError(`expected a plan for ${coordinate}`);
  return evaluate(plan.permission, facts, {}, {});
}

function problemsOf(permissions: PermissionMap, schema: ReturnType<typeof buildSchema>): readonly string[] {
  try {
    compilePermissions(schema, permissions);
  } catch (error) {
    if (error instanceof PermissionMapError) return codesOf(error.problems);
    throw error;
  }
  throw new TypeError('expected the permission map to be refused');
}
