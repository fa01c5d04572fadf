import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkClaimGroups } from '../../packages/claimgraph/src/compile/checkClaimGroups.ts';
import {
  type Problem,
  type ProblemCode,
  ProblemsError,
  problemCodes,
  warningCodes,
} from '../../packages/claimgraph/src/compile/problem.ts';
import { createGuardedSchema } from '../../packages/claimgraph/src/guard/guardedSchema.ts';
import {
  allOf,
  anyOf,
  denyMode,
  exposes,
  fresh,
  inGroup,
  inherit,
  masked,
  publicField,
  requireAnyScope,
  requireArguments,
  requireClaims,
  requireRecentSignIn,
  requireRow,
  requireScope,
} from '../../packages/claimgraph/src/rules/index.ts';
import { and, not, rule as shieldRule } from '../../packages/claimgraph/src/rules/shield.ts';
import { guard } from '../../packages/claimgraph/test/support/guardedExecution.ts';
import { permissions } from './orders/permissions.ts';
import { openShop } from './orders/shop.ts';

// docs/problems.md: each of its codes is provoked, and the page has each, and no other.

const page = readFileSync(new URL('../../docs/problems.md', import.meta.url), 'utf8');

const canRead = requireScope('orders/read');
const mask = masked(canRead, String);
const hasRow = requireRow('has the row', () => true);
const hasArguments = requireArguments('has the arguments', () => true);
/** What untyped JavaScript gets for a name that is not there. */
const misspelt = Reflect.get({}, 'canRaed');

type Example = readonly [code: ProblemCode, at: string, start: () => unknown];

const anywhere = 'directive @authenticated on FIELD_DEFINITION | INPUT_OBJECT';
const federated =
  (sdl: string, setting: object = {}) =>
  () =>
    createGuardedSchema({ typeDefs: [sdl], resolvers: undefined, permissions: {}, ...setting });
const readsGroups = guard('type Query { a: Int }', {
  Query: { a: inGroup('credit', requireClaims('is known', Boolean)) },
});

const examples: readonly Example[] = [
  ['INVALID_SDL', 'typeDefs[0]:1:17', federated('type Query { a: Itn }')],
  ['NO_RULE', 'Order.note', () => openShop({ ...permissions, Order: { id: canRead } })],
  ['UNKNOWN_TYPE', 'Invoice', () => openShop({ ...permissions, Invoice: { id: canRead } })],
  ['UNKNOWN_FIELD', 'Order.notes', () => openShop({ ...permissions, Order: { ...permissions.Order, notes: canRead } })],
  [
    'UNKNOWN_VALUE',
    'OrderField.PROFIT',
    () => openShop({ ...permissions, OrderField: { '*': canRead, PROFIT: canRead } }),
  ],
  ['NO_RULE', 'OrderField.NUMBER', () => openShop({ ...permissions, OrderField: { MARGIN: canRead } })],
  [
    'UNSUITABLE_INPUT_RULE',
    'OrderField.MARGIN',
    () => openShop({ ...permissions, OrderField: { NUMBER: canRead, MARGIN: hasRow } }),
  ],
  [
    'UNENFORCEABLE_INPUT_RULE',
    '@by(order:)',
    () =>
      guard('enum Order { NAME } directive @by(order: Order) on FIELD type Query { a: Int }', {
        Query: canRead,
        Order: canRead,
      }),
  ],
  ['RULE_ON_OTHER_TYPE', 'Int', () => openShop({ ...permissions, Int: canRead })],
  ['RULE_ON_INTROSPECTION', '__Type', () => openShop({ ...permissions, __Type: { name: canRead } })],
  ['INVALID_TYPE_ENTRY', 'YearEnd', () => openShop({ ...permissions, YearEnd: [canRead] })],
  note('NOT_A_RULE', misspelt),
  note('NOT_A_RULE', () => true),
  note('NOT_A_RULE', null),
  note('NOT_A_RULE', { rules: [canRead] }),
  note('NOT_A_RULE', 'orders/read'),
  // As a rule of another copy looks: of a class that is not ours, with a resolve.
  note('NOT_A_RULE', { name: 'is owner', resolve: async () => true }),
  // What another copy of the vocabulary makes is marked like this, and unknown to ours.
  note(
    'RULE_OF_OTHER_VERSION',
    Object.defineProperty(and(canRead), Symbol.for('claimgraph.rule'), { value: { version: 2 } }),
  ),
  note('EMPTY_RULE_LIST', allOf()),
  note(
    'DUPLICATE_RULE_NAME',
    anyOf(requireClaims('is twice there', Boolean), requireClaims('is twice there', Boolean)),
  ),
  [
    'CONTRADICTORY_RULES',
    'Order.id',
    () => openShop({ ...permissions, Node: { id: publicField('it is on the parcel') } }),
  ],
  [
    'CONTRADICTORY_RULES',
    'Query.shopName',
    () =>
      guard('type Query { shopName: String @authenticated }', {
        Query: { shopName: publicField('it is on the door') },
      }),
  ],
  note('MASK_WITHOUT_RULE', mask),
  note('SEVERAL_MASKS', allOf(canRead, mask, mask)),
  note('NESTED_MODIFIER', anyOf(canRead, mask)),
  note('NESTED_MODIFIER', anyOf(canRead, denyMode('null', canRead))),
  note('NESTED_MODIFIER', anyOf(canRead, exposes(canRead, {}))),
  note('SEVERAL_DENY_MODES', allOf(denyMode('dropItem', canRead), denyMode('failOperation', canRead))),
  note('UNKNOWN_DENY_MODE', Reflect.apply(denyMode, undefined, ['dropIt', canRead])),
  [
    'DROP_ITEM_NON_NULL',
    'Order.id',
    () => openShop({ ...permissions, Order: { ...permissions.Order, id: denyMode('dropItem', canRead) } }),
  ],
  note('UNKNOWN_DEPENDENCY', inherit('Order.notes')),
  note('UNKNOWN_EXPOSING_ARGUMENT', exposes(canRead, { 'first=1': 'Order.margin' })),
  note('CIRCULAR_DEPENDENCY', inherit('Order.note')),
  orders('UNKNOWN_DEPENDENCY', exposes(canRead, { orderBy: 'Order.margins' })),
  orders('CIRCULAR_DEPENDENCY', exposes(canRead, { orderBy: 'Query.orders' })),
  orders('UNKNOWN_EXPOSING_ARGUMENT', exposes(canRead, { 'orderBy=PROFIT': 'Order.margin' })),
  [
    'INHERITS_ARGUMENTS_RULE',
    'Order.note',
    () => openShop(inheriting('Query.orders', { Query: { ...permissions.Query, orders: hasArguments } })),
  ],
  [
    'INHERITS_FOREIGN_ROW_RULE',
    'Order.note',
    () => openShop(inheriting('OrderLine.product', { OrderLine: { '*': hasRow } })),
  ],
  note('SHIELD_RULE_WITHOUT_FUNCTION', shieldRule('is lost')(misspelt)),
  note(
    'SHIELD_RULE_WITH_FRAGMENT',
    shieldRule('is owner', { fragment: 'fragment F on Order { id }' })(() => true),
  ),
  note('INVALID_ERROR_OF_NOT', Reflect.apply(not, undefined, [canRead, { id: '1' }])),
  ['UNKNOWN_DIRECTIVE', 'Query', federated('directive @auth on OBJECT type Query @auth { a: ID @authenticated }')],
  [
    'UNENFORCEABLE_DIRECTIVE',
    'F',
    federated(`${anywhere} type Query { a: ID @authenticated } input F @authenticated { a: ID }`),
  ],
  ['INVALID_DIRECTIVE_DEFINITION', '@authenticated', federated(`${anywhere} type Query { a: ID @authenticated }`)],
  ['INVALID_DIRECTIVE_ARGUMENTS', 'Query.a', federated('type Query { a: ID @requiresScopes(scopes: []) }')],
  [
    'PROTECTING_DIRECTIVE_IGNORED',
    'harmlessDirectives',
    federated('type Query { a: ID @authenticated }', { harmlessDirectives: ['authenticated'] }),
  ],
  ['UNKNOWN_POLICY', 'Query.a', federated('type Query { a: ID @policy(policies: [["p"]]) }')],
  [
    'INVALID_POLICY',
    'policies.p',
    federated('type Query { a: ID @authenticated }', { policies: { p: inherit('Query.a') } }),
  ],
  [
    'INVALID_LINK',
    'schema',
    federated('extend schema @link(url: "https://specs.apollo.dev/federation/v3.0") type Query { a: ID }'),
  ],
  ['CLAIMS_WITHOUT_SOURCE', 'Query.a', () => checkClaimGroups(readsGroups.plans.values(), [undefined])],
];

describe('docs/problems.md', () => {
  test.each(examples)('%s %s is what the start says', (code, at, start) => {
    expect(problemsOf(start)).toContainEqual({
      code,
      coordinate: at,
      message: expect.any(String),
      fix: expect.stringMatching(/./),
    });
  });

  test('every code is provoked', () => {
    expect(new Set(examples.map(([code]) => code))).toEqual(new Set(problemCodes));
  });

  test.each([
    ['Startup errors', problemCodes],
    ['Warnings', warningCodes],
  ] as const)('has every code under %s, and no other', (heading, codes) => {
    expect(codesUnder(heading)).toEqual(codes);
  });

  test('one problem does not hide another', () => {
    const faulty = { ...permissions, Invoice: { id: canRead }, Order: { ...permissions.Order, note: undefined } };
    const found = problemsOf(() => openShop(faulty)).map(({ code, coordinate }) => `${coordinate}: ${code}`);
    expect(found).toEqual(['Invoice: UNKNOWN_TYPE', 'Order.note: NOT_A_RULE']);
  });

  test.each([
    ['requireScope', () => requireScope('orders read')],
    ['requireAnyScope', () => requireAnyScope('')],
    ['requireRecentSignIn', () => requireRecentSignIn(0)],
    ['inherit', () => Reflect.apply(inherit, undefined, [])],
    ['fresh', () => fresh(canRead)],
    ['inGroup', () => inGroup('credit', canRead)],
  ])('%s throws where it is called', (name, call) => {
    expect(call).toThrow(name);
  });
});

/** With this as the rule of Order.note. */
function note(code: ProblemCode, rule: unknown): Example {
  return [code, 'Order.note', () => openShop({ ...permissions, Order: { ...permissions.Order, note: rule } })];
}

/** With this as the rule of Query.orders. */
function orders(code: ProblemCode, rule: unknown): Example {
  return [code, 'Query.orders', () => openShop({ ...permissions, Query: { ...permissions.Query, orders: rule } })];
}

function inheriting(coordinate: string, others: object): object {
  return { ...permissions, ...others, Order: { ...permissions.Order, note: inherit(coordinate) } };
}

function problemsOf(start: () => unknown): readonly Problem[] {
  try {
    start();
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
}

function codesUnder(heading: string): readonly (string | undefined)[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
}
