import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { where } from '../../packages/claimgraph/src/filters/condition.ts';
import * as vocabulary from '../../packages/claimgraph/src/rules/index.ts';
import {
  allOf,
  inGroup,
  limitedBy,
  publicField,
  requireArguments,
  requireClaims,
  requireRowFilter,
  requireRowLookup,
  requireRowLookupByToken,
  requireScope,
} from '../../packages/claimgraph/src/rules/index.ts';
import { refuseOldSignIn } from '../../packages/claimgraph/src/rules/requireRecentSignIn.ts';
import {
  column,
  policyOf,
  rowFilter,
  rowTable,
  type ScopeRefs,
  whereOf,
} from '../../packages/claimgraph/src/rules/rowFilter.ts';
import { createTestServer } from '../../packages/claimgraph/src/testing/testServer.ts';
import { type Subject, toSubjectKey } from '../../packages/claimgraph/src/token/principal.ts';
import { codesOf, codesThrownBy } from '../../packages/claimgraph/test/support/codesOf.ts';
import { guard } from '../../packages/claimgraph/test/support/guardedExecution.ts';
import { ask } from './orders/ask.ts';
import {
  askedAtSeconds,
  cashier,
  clerk,
  clerkInAnOutage,
  machine,
  nobody,
  type OrdersCaller,
} from './orders/callers.ts';
import { permissions } from './orders/permissions.ts';
import type { OrderRow, OrdersClaims } from './orders/rows.ts';
import { openShop } from './orders/shop.ts';
import { blocksOf, page, tableUnder } from './permissionsPage.ts';
import { withoutMessages } from './withoutMessages.ts';

// docs/permissions.md cannot go stale: its code stands in files that are compiled and run, its answers are the real ones,
// and what it says of problems is about the real coordinates.

const callers: Readonly<Record<string, OrdersCaller>> = {
  cashier,
  clerk,
  clerkInAnOutage,
  nobody,
};

test('a clerk does not read margins', async () => {
  const { data, errors } = await ask(openShop(), '{ order(id: "1") { margin } }', clerk);
  expect(data).toEqual({ order: { margin: null } });
  expect(errors).toMatchObject([{ path: ['order', 'margin'], extensions: { code: 'FORBIDDEN' } }]);
});

test.each([
  [clerk, 'INSUFFICIENT_USER_AUTHENTICATION'],
  [machine, 'FORBIDDEN'],
  [cashier, undefined],
])('a resolver is given the error for who signed in too long ago', ({ principal }, code) => {
  const nowSeconds = askedAtSeconds;
  const refusal = refuseOldSignIn(principal, { maxAgeSeconds: 5 * 60, nowSeconds });
  expect(refusal?.code).toBe(code);
});

test('the map of the page has no warnings', () => {
  expect(openShop().warnings).toEqual([]);
});

test.each(blocksOf('ts'))('this code is compiled and run: %s', (code) => {
  const files = ['orders/permissions.ts', 'permissionsSamples.test.ts'].map((name) => {
    return readFileSync(new URL(name, import.meta.url), 'utf8');
  });
  expect(files.some((file) => file.includes(code))).toBe(true);
});

test('the table has every rule of the vocabulary, and no other', () => {
  const [, ...rows] = tableUnder('All rules');
  const names = rows.flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)\(/g)].map(([, name]) => name));
  expect(names.sort()).toEqual(Object.keys(vocabulary).sort());
});

test.each(Object.keys(vocabulary))('%s is used in the code of the page', (name) => {
  expect(blocksOf('ts').join('\n')).toMatch(new RegExp(`\\b${name}\\(`));
});

const questions = [...page.matchAll(/<!-- as (\w+) -->\n\n```graphql\n(.*?)```\n\n```json\n(.*?)```/gs)];

describe('an answer on the page is the real one', () => {
  test('wherever there is a question', () => {
    expect(questions.length).toBe(blocksOf('graphql').length);
    expect(questions.length).toBe(blocksOf('json').length);
  });

  test.each(questions.map(([, caller = '', query = '', answer = '']) => ({ caller, query, answer })))(
    'to $caller who asks $query',
    async ({ caller, query, answer }) => {
      const who = callers[caller];
      if (!who) throw new RangeError(`expected one of ${Object.keys(callers).join(', ')}; got ${caller}`);
      expect(withoutMessages(answer)).toEqual(withoutMessages(JSON.stringify(await ask(openShop(), query, who))));
    },
  );
});

interface CreditClaims {
  readonly overdue: number;
}

const canRead = requireScope('orders/read');
const paysInTime = requireClaims('pays in time', ({ overdue }: CreditClaims) => overdue === 0);
const ordersOnAccount = allOf(canRead, inGroup('credit', paysInTime));

test('the group of the page is loaded for the rules that read it, and not for others', async () => {
  const loaded: string[] = [];
  const sourceOf = (name: string) => ({
    async fetchClaims(subjects: readonly Subject[]) {
      loaded.push(name);
      return new Map(subjects.map((subject) => [toSubjectKey(subject), { overdue: 0 }]));
    },
  });
  const [staff, credit] = [sourceOf('staff'), sourceOf('credit')];
  const claims = { source: staff, groups: { credit: { source: credit, ttlSeconds: 5 } } };
  const isOnTime = requireClaims('is on time', ({ overdue }: CreditClaims) => overdue === 0);
  const server = await createTestServer({
    guarded: guard('type Query { a: Int b: Int }', { Query: { a: isOnTime, b: ordersOnAccount } }),
    personas: { clerk: { kind: 'user', scopes: ['orders/read'] } },
    claims,
  });
  try {
    await server.expectDecisions('{ b }', 'clerk');
    expect(loaded).toEqual(['credit']);
    await server.expectDecisions('{ a b }', 'clerk');
    expect(loaded).toEqual(['credit', 'staff']);
  } finally {
    await server.close();
  }
});

const orders = rowTable('orders', { id: column.text('order_id'), region: column.text('region') });

const ordersOfTheirRegion = rowFilter('the orders of their region', {
  table: orders,
  where: (order, claims: ScopeRefs<OrdersClaims>) =>
    where.or(where.eq(claims.department, 'finance'), where.eq(order.region, claims.region)),
});
const seesOrders = limitedBy(ordersOfTheirRegion);
const isOfTheirRegion = requireRowFilter(ordersOfTheirRegion);
const statement = whereOf(ordersOfTheirRegion, { department: 'sales', region: 'north', refundLimit: 50 });
const policy = policyOf(ordersOfTheirRegion, { prefix: 'shop', schema: 'public' });

test('the filter of the page is a rule, a statement and a policy', async () => {
  const map = {
    ...permissions,
    Query: { ...permissions.Query, orders: allOf(canRead, seesOrders) },
    Order: { ...permissions.Order, note: isOfTheirRegion },
  };
  const { data } = await ask(openShop(map), '{ orders { note } }', clerk);
  expect(data).toEqual({ orders: [{ note: 'ring twice' }, { note: null }] });
  expect(statement).toEqual({ sql: '"orders"."region" collate "C" = $1::text collate "C"', parameters: ['north'] });
  const isInFinance = `(select nullif(current_setting('shop.department', true), '')) collate "C" = 'finance'::text`;
  const isOfRegion = `"orders"."region" collate "C" = (select nullif(current_setting('shop.region', true), ''))`;
  expect(policy).toEqual({ using: `(${isInFinance} or ${isOfRegion})`, functions: [] });
});

/** What the look-ups of the page ask: each call, and the pairs that it is answered with. */
const handlers = tableOf('handlers', ['1']);
const invitations = tableOf('invitations', ['2']);
function tableOf(name: string, known: readonly string[]) {
  return {
    async of(...asked: readonly unknown[]): Promise<readonly (readonly [string, boolean])[]> {
      lookedUp.push([name, ...asked]);
      return known.map((id) => [id, true]);
    },
  };
}
const lookedUp: unknown[] = [];

const handlesTheOrder = requireRowLookup('handles the order', {
  key: (order: OrderRow) => order.id,
  load: async (orderIds: readonly string[], { department }: OrdersClaims, caller) =>
    new Map(await handlers.of(department, caller.subject, orderIds)),
});
const isInvited = requireRowLookupByToken('is invited to the order', {
  key: (order: OrderRow) => order.id,
  load: async (orderIds: readonly string[], caller) => new Map(await invitations.of(caller.subject, orderIds)),
});

test('the look-ups of the page are asked once for all orders', async () => {
  lookedUp.length = 0;
  const map = {
    ...permissions,
    Order: { ...permissions.Order, note: handlesTheOrder, margin: isInvited, marginPercent: canRead },
  };
  const { data } = await ask(openShop(map), '{ orders { note margin } }', clerk);
  const { subject } = clerk.principal.kind === 'anonymous' ? { subject: '' } : clerk.principal;
  expect(lookedUp).toEqual([
    ['handlers', 'sales', subject, ['1', '2']],
    ['invitations', subject, ['1', '2']],
  ]);
  expect(data).toEqual({
    orders: [
      { note: 'ring twice', margin: null },
      { note: null, margin: expect.any(Number) },
    ],
  });
});

const { note: _note, ...withoutNote } = { note: undefined, ...permissions.Order };

describe('a problem on the page is the real one', () => {
  test('of the start, when a field is forgotten', () => {
    const thrown = codesThrownBy(() => openShop({ ...permissions, Order: withoutNote }));
    expect(blocksOf('text boot').flatMap(codesIn)).toEqual(thrown);
  });

  test('of what is warned of', () => {
    expect(blocksOf('text warnings').flatMap(codesIn)).toEqual(codesOf(openShop(doubtfulMap).warnings));
  });
});

const doubtfulMap = {
  ...permissions,
  Query: {
    ...permissions.Query,
    shopName: publicField(''),
    orders: requireArguments('asks for few', () => true),
  },
  Order: { ...permissions.Order, id: requireClaims('is an accountant', () => true) },
  OrderLine: { '*': canRead, product: canRead, supplier: canRead },
};

/** `coordinate: CODE` of each line of a block that starts with both. */
function codesIn(block: string): readonly string[] {
  return [...block.matchAll(/^ *([A-Z_]+) (\S+): /gm)].map(([, code, coordinate]) => `${coordinate}: ${code}`);
}
