import { describe, expect, test } from 'vitest';
import { PermissionMapError } from '../../packages/claimgraph/src/compile/compilePermissions.ts';
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
import { tableUnder } from './permissionsPage.ts';

// The table "What stops the start" of docs/permissions.md: each of its messages is provoked, and each that is provoked
// is on it.

const canRead = requireScope('orders/read');
const mask = masked(canRead, String);
const hasRow = requireRow('has the row', () => true);
const hasArguments = requireArguments('has the arguments', () => true);
/** What untyped JavaScript gets for a name that is not there. */
const misspelt = Reflect.get({}, 'canRaed');

type Example = readonly [at: string, boot: () => unknown];

const examples: readonly Example[] = [
  ['Order.note', () => openShop({ ...permissions, Order: { id: canRead } })],
  ['Invoice', () => openShop({ ...permissions, Invoice: { id: canRead } })],
  ['Order.notes', () => openShop({ ...permissions, Order: { ...permissions.Order, notes: canRead } })],
  ['OrderField', () => openShop({ ...permissions, OrderField: { MARGIN: canRead } })],
  ['__Type', () => openShop({ ...permissions, __Type: { name: canRead } })],
  ['YearEnd', () => openShop({ ...permissions, YearEnd: canRead })],
  note(misspelt),
  note(() => true),
  note(null),
  note({ rules: [canRead] }),
  note('orders/read'),
  // As a rule of another copy looks: of a class that is not ours, with a resolve.
  note({ name: 'is owner', resolve: async () => true }),
  // What another copy of the vocabulary makes is marked like this, and unknown to ours.
  note(Object.defineProperty(and(canRead), Symbol.for('claimgraph.rule'), { value: true })),
  note(allOf()),
  note(anyOf(requireClaims('is twice there', Boolean), requireClaims('is twice there', Boolean))),
  ['Order.id', () => openShop({ ...permissions, Node: { id: publicField('it is on the parcel') } })],
  [
    'Query.shopName',
    () =>
      guard('type Query { shopName: String @authenticated }', {
        Query: { shopName: publicField('it is on the door') },
      }),
  ],
  note(mask),
  note(allOf(canRead, mask, mask)),
  note(anyOf(canRead, mask)),
  note(anyOf(canRead, denyMode('null', canRead))),
  note(anyOf(canRead, exposes(canRead, {}))),
  note(allOf(denyMode('dropItem', canRead), denyMode('failOperation', canRead))),
  note(Reflect.apply(denyMode, undefined, ['dropIt', canRead])),
  ['Order.id', () => openShop({ ...permissions, Order: { ...permissions.Order, id: denyMode('dropItem', canRead) } })],
  note(inherit('Order.notes')),
  note(exposes(canRead, { 'first=1': 'Order.margin' })),
  note(inherit('Order.note')),
  orders(exposes(canRead, { orderBy: 'Order.margins' })),
  orders(exposes(canRead, { orderBy: 'Query.orders' })),
  orders(exposes(canRead, { 'orderBy=PROFIT': 'Order.margin' })),
  ['Order.note', () => openShop(inheriting('Query.orders', { Query: { ...permissions.Query, orders: hasArguments } }))],
  ['Order.note', () => openShop(inheriting('OrderLine.product', { OrderLine: { '*': hasRow } }))],
  note(shieldRule('is lost')(misspelt)),
  note(shieldRule('is owner', { fragment: 'fragment F on Order { id }' })(() => true)),
  note(Reflect.apply(not, undefined, [canRead, { id: '1' }])),
];

const told = examples.map(([at, boot]) => ({ problems: problemsAt(at, boot) }));
const onThePage = tableUnder('What stops the start')
  .slice(1)
  .flatMap(([cell = '']) => [...cell.matchAll(/(`+)(.+?)\1(?!`)/g)].map(([, , message = '']) => message));

describe('a message of the start', () => {
  test.each(told)('is on the page, once: $problems.0', ({ problems }) => {
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(onThePage.filter((message) => fits(message, problem))).toHaveLength(1);
  });

  test.each(onThePage)('on the page is a real one: %s', (message) => {
    expect(told.some(({ problems }) => problems.some((problem) => fits(message, problem)))).toBe(true);
  });

  test('does not hide another one', () => {
    const faulty = { ...permissions, Invoice: { id: canRead }, Order: { ...permissions.Order, note: undefined } };
    const [invoice] = problemsAt('Invoice', () => openShop(faulty));
    const [ofNote] = problemsAt('Order.note', () => openShop(faulty));
    expect([invoice, ofNote]).toEqual([expect.stringContaining('no such type'), expect.stringContaining('undefined')]);
  });

  test.each([
    ['requireScope', () => requireScope('orders read')],
    ['requireAnyScope', () => requireAnyScope('')],
    ['requireRecentSignIn', () => requireRecentSignIn(0)],
    ['inherit', () => Reflect.apply(inherit, undefined, [])],
    ['fresh', () => fresh(canRead)],
    ['inGroup', () => inGroup('credit', canRead)],
  ])('of %s is thrown where it is called', (name, call) => {
    expect(call).toThrow(name);
  });
});

/** With this as the rule of Order.note. */
function note(rule: unknown): Example {
  return ['Order.note', () => openShop({ ...permissions, Order: { ...permissions.Order, note: rule } })];
}

/** With this as the rule of Query.orders. */
function orders(rule: unknown): Example {
  return ['Query.orders', () => openShop({ ...permissions, Query: { ...permissions.Query, orders: rule } })];
}

function inheriting(coordinate: string, others: object): object {
  return { ...permissions, ...others, Order: { ...permissions.Order, note: inherit(coordinate) } };
}

/** What is told of a coordinate; what may be told of others is another example's. */
function problemsAt(at: string, boot: () => unknown): readonly string[] {
  try {
    boot();
    return [];
  } catch (error) {
    if (!(error instanceof PermissionMapError)) throw error;
    const prefix = `${at}: `;
    return error.problems
      .filter((problem) => problem.startsWith(prefix))
      .map((problem) => problem.slice(prefix.length));
  }
}

/** `…` stands for whatever is there. */
function fits(message: string, problem: string): boolean {
  const parts = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's').test(problem);
}
