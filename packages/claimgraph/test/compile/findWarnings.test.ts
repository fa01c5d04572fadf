import { describe, expect, test } from 'vitest';
import type { PermissionMap } from '../../src/compile/compilePermissions.ts';
import type { Warning } from '../../src/compile/problem.ts';
import {
  allOf,
  anyOf,
  exposes,
  fresh,
  inherit,
  masked,
  publicField,
  requireArguments,
  requireArgumentsByClaims,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';
import { allow, not } from '../../src/rules/shield.ts';
import type { StaffClaims } from '../support/callers.ts';
import { codesOf } from '../support/codesOf.ts';
import { guard } from '../support/guardedExecution.ts';

const canRead = requireScope('staff/read');
const canReadPay = requireScope('staff/pay');
const isManager = requireClaims('is a manager', ({ role }: StaffClaims) => role === 'manager');
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first?: number }) => (first ?? 0) < 10);
const staysInTheirRegion = requireArgumentsByClaims(
  'stays in their region',
  (args: { readonly region?: string }, { region }: StaffClaims) => args.region === region,
);

type Case = readonly [name: string, sdl: string, permissions: PermissionMap, warnings: readonly string[]];

const refused = (coordinate: string) => `${coordinate}: REFUSABLE_NON_NULL`;

describe('a non-null field that can be refused on its own', () => {
  const person = (field: string) => `type Query { person: Person people: [Person!] } type Person { ${field} }`;
  const reached = { Query: { person: canRead, people: canRead } };
  const table: readonly Case[] = [
    [
      'is warned of',
      person('pay: Int!'),
      { ...reached, Person: { pay: allOf(canRead, canReadPay) } },
      [refused('Person.pay')],
    ],
    [
      'is warned of when it is a list',
      person('pay: [Int]!'),
      { ...reached, Person: { pay: canReadPay } },
      [refused('Person.pay')],
    ],
    [
      'is warned of at the root, where it takes all data away',
      'type Query { pay: Int! }',
      { Query: { pay: canRead } },
      [refused('Query.pay')],
    ],
    [
      'is warned of when one of two ways asks for less',
      person('pay: Int!'),
      { Query: { person: allOf(canRead, canReadPay), people: canRead }, Person: { pay: canReadPay } },
      [refused('Person.pay')],
    ],
    [
      'is warned of when an interface asks for more',
      'interface Paid { pay: Int! } type Query { person: Person } type Person implements Paid { pay: Int! }',
      { Query: { person: canRead }, Paid: { pay: canReadPay }, Person: { pay: canRead } },
      [refused('Person.pay')],
    ],
    ['is not warned of when it is nullable', person('pay: Int'), { ...reached, Person: { pay: canReadPay } }, []],
    [
      'is not warned of when its items are non-null',
      person('pay: [Int!]'),
      { ...reached, Person: { pay: canReadPay } },
      [],
    ],
    [
      'is not warned of when it asks for what leads to it',
      person('pay: Int!'),
      { ...reached, Person: { pay: canRead } },
      [],
    ],
    [
      'is not warned of when every way asks for as much, and more',
      person('pay: Int!'),
      {
        Query: { person: allOf(canRead, canReadPay), people: allOf(isManager, allOf(canReadPay, canRead)) },
        Person: { pay: allOf(canRead, canReadPay) },
      },
      [],
    ],
    [
      'is not warned of when it is public',
      person('name: String!'),
      { ...reached, Person: { name: publicField('it is on the door') } },
      [],
    ],
    [
      'is not warned of when it is masked and not refused',
      person('pay: Int!'),
      {
        ...reached,
        Person: {
          pay: allOf(
            canRead,
            masked(canReadPay, () => 0),
          ),
        },
      },
      [],
    ],
    [
      'is not warned of through a union that asks for as much',
      'type Query { found: [Found] } union Found = Person | Team type Person { pay: Int! } type Team { pay: Int! }',
      { Query: { found: canRead }, Person: { pay: canRead }, Team: { pay: canRead } },
      [],
    ],
    [
      'is warned of through an interface that asks for less',
      'type Query { node: Node } interface Node { id: ID } type Person implements Node { id: ID pay: Int! }',
      { Query: { node: canRead }, Person: { id: canRead, pay: canReadPay } },
      [refused('Person.pay')],
    ],
  ];
  test.each(table)('%s', (_name, sdl, permissions, warnings) => {
    expect(codesOf(guard(sdl, permissions).warnings)).toEqual(warnings);
  });
});

describe('an argument that tells about a field that fewer may read', () => {
  const tells = (argument: string, coordinate = 'Person.pay', of = 'Query.people') =>
    `${of}: UNDECLARED_EXPOSURE: ${of.replace('.', ': { ')}: exposes(…, { '${argument}': '${coordinate}' }) },`;
  const people = (args: string, listed = '[Person!]') => /* GraphQL */ `
    enum Order { NAME PAY }
    enum Sort { name_ASC pay_DESC }
    input OrderBy { field: Order! direction: Sort }
    input Filter { name: String minPay: Int and: [Filter!] }
    input Flat { order: OrderBy pay_gt: Int }
    input Words { first: String last: String }
    type Query { people(${args}): ${listed} }
    type Person { id: ID name: String pay: Int }
  `;
  const person = { id: canRead, name: canRead, pay: allOf(canRead, canReadPay) };
  const rules = { Query: { people: canRead }, Person: person };
  const declared = (links: Readonly<Record<string, string>>) => ({
    ...rules,
    Query: { people: exposes(canRead, links) },
  });

  const table: readonly Case[] = [
    ['is warned of: a scalar', people('pay: Int'), rules, [tells('pay')]],
    ['is warned of: a scalar in another spelling', people('MIN_pay: Int, first: Int'), rules, [tells('MIN_pay')]],
    ['is warned of: an enum value', people('orderBy: Order'), rules, [tells('orderBy=PAY')]],
    ['is warned of: an enum value in a list', people('orderBy: [Sort!]! = []'), rules, [tells('orderBy=pay_DESC')]],
    [
      'is warned of: an enum value in an input',
      people('orderBy: OrderBy!'),
      rules,
      [tells('orderBy.field=PAY'), tells('orderBy.direction=pay_DESC')],
    ],
    [
      'is warned of: an input of inputs',
      people('where: Flat'),
      rules,
      [tells('where.order.field=PAY'), tells('where.order.direction=pay_DESC'), tells('where.pay_gt')],
    ],
    [
      'is warned of: a filter of filters, a few levels deep',
      people('filter: Filter'),
      rules,
      ['filter.minPay', 'filter.and.minPay', 'filter.and.and.minPay', 'filter.and.and.and.minPay'].map((text) =>
        tells(text),
      ),
    ],
    [
      'is warned of: a field that is masked for some',
      people('pay: Int'),
      {
        ...rules,
        Person: {
          ...person,
          pay: allOf(
            canRead,
            masked(isManager, () => 0),
          ),
        },
      },
      [tells('pay')],
    ],
    [
      'is warned of: a connection with nodes',
      `${people('pay: Int', 'People')} type People { nodes: [Person] }`,
      { ...rules, People: { nodes: canRead } },
      [tells('pay')],
    ],
    [
      'is warned of: a connection with edges only',
      `${people('pay: Int', 'People')} type People { edges: [Edge] } type Edge { node: Person }`,
      { ...rules, People: { edges: canRead }, Edge: { node: canRead } },
      [tells('pay')],
    ],
    [
      'is warned of: every type of an abstract list',
      'type Query { all(pay: Int): [Paid] } interface Paid { pay: Int } type A implements Paid { pay: Int } type B implements Paid { pay: Int }',
      { Query: { all: canRead }, A: { pay: canReadPay }, B: { pay: canRead } },
      [tells('pay', 'A.pay', 'Query.all')],
    ],
    ['is not warned of when it is declared', people('pay: Int'), declared({ pay: 'Person.pay' }), []],
    [
      'is not warned of when its enum value is declared',
      people('orderBy: Order'),
      declared({ 'orderBy=PAY': 'Person.pay' }),
      [],
    ],
    [
      'is not warned of when all values are declared',
      people('orderBy: Order'),
      declared({ orderBy: 'Person.pay' }),
      [],
    ],
    [
      'is not warned of when the whole input is declared',
      people('filter: Filter, where: Flat'),
      declared({ filter: 'Person.pay', where: 'Person.pay' }),
      [],
    ],
    [
      'is warned of when only another argument is declared',
      people('pay: Int, minPay: Int, orderBy: Order'),
      declared({ pay: 'Person.pay', 'orderBy=PAY': 'Person.pay' }),
      [tells('minPay')],
    ],
    [
      'is warned of when only another value is declared',
      people('orderBy: OrderBy'),
      declared({ 'orderBy.field=NAME': 'Person.pay' }),
      [tells('orderBy.field=PAY'), tells('orderBy.direction=pay_DESC')],
    ],
    [
      'is warned of when it is declared for another field',
      people('pay: Int'),
      declared({ pay: 'Person.name' }),
      [tells('pay')],
    ],
    [
      'is not warned of when whoever lists may read the field',
      people('pay: Int, orderBy: OrderBy'),
      { ...rules, Query: { people: allOf(canReadPay, canRead) } },
      [],
    ],
    [
      'is not warned of when the field is public',
      people('pay: Int'),
      { ...rules, Person: { ...person, pay: publicField('pay is published') } },
      [],
    ],
    ['is not warned of when it is about something else', people('first: Int, name: String, order: Int'), rules, []],
    ['is not warned of when only what it is in is called so', people('payDay: Words'), rules, []],
    [
      'is not warned of when it is called like an id',
      people('id: ID, ids: [ID!], wide: Int'),
      { ...rules, Person: { ...person, id: canReadPay } },
      [],
    ],
    [
      'is not warned of when the field is of another type than what is listed',
      `${people('pay: Int', '[Team]')} type Team { name: String lead: Person }`,
      { ...rules, Team: { name: canRead, lead: canRead } },
      [],
    ],
  ];
  test.each(table)('%s', (_name, sdl, permissions, warnings) => {
    expect(codesAndFixes(guard(sdl, permissions).warnings)).toEqual(warnings);
  });

  test('is warned of: a name of several words in another spelling', () => {
    const { warnings } = guard(
      'type Query { people(orderBy: By): [Person] } enum By { TAX_ID } type Person { taxId: String }',
      { Query: { people: canRead }, Person: { taxId: allOf(canRead, canReadPay) } },
    );
    expect(codesOf(warnings)).toEqual(['Query.people: UNDECLARED_EXPOSURE']);
  });
});

describe('a public field', () => {
  const without = ['Query.open: PUBLIC_WITHOUT_REASON'];
  const alone = ['Query.open: GUARDED_BY_ARGUMENTS_ALONE'];
  const isFew = publicField('the list is printed');
  const table: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['is warned of without a reason: allow', allow, without],
    ['is warned of without a reason: an empty one', publicField(''), without],
    ['is warned of without a reason: a blank one', publicField(' \n\t'), without],
    ['is warned of without a reason: in an all-of', allOf(allow, publicField('')), without],
    ['is warned of without a reason: in an any-of', anyOf(canRead, allow), without],
    ['is warned of without a reason: with a rule on its arguments', allOf(allow, asksForFew), without],
    ['is not warned of with a reason', publicField('it says that the API answers'), []],
    ['is not warned of with a reason in an any-of', anyOf(canRead, publicField('everybody may')), []],
    ['is not warned of with a reason beside allow', allOf(allow, publicField('everybody may')), []],
    ['is not one when another rule stands beside it', allOf(allow, canRead), []],
    ['is warned of when only its arguments guard it', asksForFew, alone],
    [
      'is warned of when only rules on its arguments guard it',
      allOf(
        asksForFew,
        requireArguments('asks politely', () => true),
      ),
      alone,
    ],
    ['is warned of when arguments are enough', anyOf(asksForFew, isManager), alone],
    ['is not warned of when a rule on its arguments has a reason beside it', allOf(isFew, asksForFew), []],
    ['is not one when a rule on the caller guards it too', allOf(canRead, asksForFew), []],
    ['is not one when a rule on the caller guards each way', anyOf(allOf(canRead, asksForFew), isManager), []],
    ['is not one when the arguments are held against claims', staysInTheirRegion, []],
    ['is not one when only its exposing argument is guarded', exposes(isFew, { first: 'Pay.amount' }), []],
    ['is warned of without a reason, although it exposes', exposes(publicField(''), { first: 'Pay.amount' }), without],
  ];
  test.each(table)('%s', (_name, open, warnings) => {
    const sdl = 'type Query { open(first: Int, region: String): String pay: Pay } type Pay { amount: Int }';
    const permissions = { Query: { open, pay: canRead }, Pay: { amount: canReadPay } };
    expect(codesOf(guard(sdl, permissions).warnings)).toEqual(warnings);
  });
});

describe('a field that a router makes of others', () => {
  const depot = (fields: string, parcel = 'weight: Int @external') => /* GraphQL */ `
    type Query { parcel: Parcel }
    extend type Parcel @key(fields: "id") @context(name: "parcel") {
      id: ID @external ${parcel} sender: Sender @external ${fields}
    }
    type Sender { name: String }
    type Label { text(of: Int @fromContext(field: "$parcel { weight }")): String }
  `;
  const price = 'price: Int @requires(fields: "weight")';
  const warnedOf = (field: string) => [`${field}: MADE_OF_PROTECTED_FIELDS`];
  const open = publicField('it is on the door');
  const rules = {
    Query: { parcel: open },
    Parcel: { id: open, weight: canRead, sender: open, price: open },
    Sender: { name: canRead },
    Label: { text: canRead },
  };
  const withPrice = (rule: unknown) => ({ ...rules, Parcel: { ...rules.Parcel, price: rule } });
  const table: readonly Case[] = [
    ['is warned of when fewer may read those', depot(price), rules, warnedOf('Parcel.price')],
    [
      'is warned of under a name that @link gives it',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [{ name: "@requires", as: "@needs" }, "@key", "@external", "@context", "@fromContext"])
       ${depot('price: Int @needs(fields: "weight")')}`,
      rules,
      warnedOf('Parcel.price'),
    ],
    [
      'is warned of below a field that everybody may read',
      depot('price: Int @requires(fields: "sender { name }")'),
      rules,
      warnedOf('Parcel.price'),
    ],
    [
      'is warned of in fragments and lists',
      depot('price: Int @requires(fields: ["id", "sender { ... on Sender { name } }"])'),
      rules,
      warnedOf('Parcel.price'),
    ],
    [
      'is warned of when it is masked for some',
      depot(price),
      {
        ...rules,
        Parcel: {
          ...rules.Parcel,
          weight: allOf(
            open,
            masked(isManager, () => 0),
          ),
        },
      },
      [...warnedOf('Parcel.price'), ...warnedOf('Label.text')],
    ],
    ['is warned of when it asks for another thing', depot(price), withPrice(canReadPay), warnedOf('Parcel.price')],
    [
      'is warned of when it is made of a context',
      depot('price: Int'),
      { ...rules, Label: { text: open } },
      warnedOf('Label.text'),
    ],
    ['is not warned of when it asks for as much', depot(price), withPrice(allOf(canRead, isManager)), []],
    ['is not warned of when it inherits', depot(price), withPrice(inherit('Parcel.weight')), []],
    ['is not warned of when everybody may read them', depot('price: Int @requires(fields: "id")'), rules, []],
    ['is not warned of when there is no such field', depot('price: Int @requires(fields: "wight")'), rules, []],
    ['is not warned of when it names no fields', depot('price: Int @requires(fields: "{")'), rules, []],
  ];
  test.each(table)('%s', (_name, sdl, permissions, warnings) => {
    expect(codesOf(guard(sdl, permissions).warnings)).toEqual(warnings);
  });
});

describe('a rule whose function is asynchronous', () => {
  const later = (async () => true) as never;
  const each = async function* () {} as never;
  const isLate = requireClaims('is late', later);
  test.each<readonly [string, unknown, number]>([
    ['alone', isLate, 1],
    ['in other rules', anyOf(canRead, allOf(isManager, isLate)), 1],
    ['narrowed', fresh(isLate), 1],
    ['in a mask', allOf(canRead, masked(isLate, String)), 1],
    ['twice', allOf(isLate, requireRow('is late, too', later)), 2],
    ['on arguments', allOf(canRead, requireArguments('asks late', later)), 1],
    ['under not', allOf(canRead, not(isLate)), 1],
    ['that is a generator', requireClaims('is later', each), 1],
    ['and none', allOf(canRead, isManager), 0],
  ])('is warned of: %s', (_where, rule, count) => {
    expect(codesOf(guard('type Query { pay: Int }', { Query: { pay: rule } }).warnings)).toEqual(
      Array(count).fill('Query.pay: ASYNCHRONOUS_RULE'),
    );
  });
});

describe("a '*'", () => {
  const sdl = `interface Named { name: String }
    type Query { person: Person } type Person implements Named { id: ID name: String }`;
  const unused = (type: string) => `${type}.*: UNUSED_RULE`;
  const table: readonly Case[] = [
    [
      'is warned of when every field has a rule',
      sdl,
      { Query: { person: canRead, '*': canRead }, Person: { id: canRead, name: canRead, '*': canRead } },
      [unused('Query'), unused('Person')],
    ],
    [
      'is warned of when every field of its interface has a rule',
      sdl,
      { Query: { person: canRead }, Named: { name: canRead, '*': canRead }, Person: { '*': canRead } },
      [unused('Named')],
    ],
    [
      'is not warned of when it covers one',
      sdl,
      { Query: { '*': canRead }, Named: { '*': canRead }, Person: { id: canRead, '*': canRead } },
      [],
    ],
    ['is not warned of beside the types', sdl, { '*': canRead, Query: { person: canRead } }, []],
    [
      'is not warned of beside the types when only an interface binds a field, which leaves it open',
      sdl,
      { '*': canRead, Query: { person: canRead }, Named: { name: canRead }, Person: { id: canRead } },
      [],
    ],
    [
      'is warned of beside the types when every field has a rule',
      sdl,
      { '*': canRead, Query: { person: canRead }, Person: { '*': canRead } },
      ['*: UNUSED_RULE'],
    ],
    [
      'is not warned of beside the types when it covers a type called like a property of every object',
      'type Query { toString: constructor } type constructor { keys: String }',
      { '*': canRead, Query: { toString: canRead } },
      [],
    ],
    [
      'is warned of by the names of the type, whatever every object has',
      'type Query { toString: constructor } type constructor { valueOf: String }',
      { Query: { '*': canRead }, constructor: { valueOf: canRead, '*': canRead } },
      [unused('constructor')],
    ],
  ];
  test.each(table)('%s', (_name, typeDefs, permissions, warnings) => {
    expect(codesOf(guard(typeDefs, permissions).warnings)).toEqual(warnings);
  });
});

test('rules of an interface without implementations are warned of', () => {
  const sdl = `interface Lone { name: String } interface Named { name: String }
    type Query { person: Person } type Person implements Named { name: String }`;
  const rules = { name: canRead };
  const { warnings } = guard(sdl, { Query: { person: canRead }, Person: rules, Named: rules, Lone: rules });
  expect(codesOf(warnings)).toEqual(['Lone: UNUSED_RULE']);
});

test('all kinds are told at once', () => {
  const sdl = `type Query { people(pay: Int): [Person] open: String few(first: Int): String }
    type Person { pay: Int name: String! }`;
  const { warnings } = guard(sdl, {
    Query: { people: canRead, open: allow, few: asksForFew },
    Person: { pay: canReadPay, name: isManager, '*': canRead },
  });
  expect(codesOf(warnings)).toEqual([
    'Person.name: REFUSABLE_NON_NULL',
    'Query.people: UNDECLARED_EXPOSURE',
    'Query.open: PUBLIC_WITHOUT_REASON',
    'Query.few: GUARDED_BY_ARGUMENTS_ALONE',
    'Person.*: UNUSED_RULE',
  ]);
});

/** With the line to write, for it says which argument tells about which field. */
function codesAndFixes(warnings: readonly Warning[]): readonly string[] {
  return warnings.map(({ code, coordinate, fix }) => `${coordinate}: ${code}: ${fix}`);
}
