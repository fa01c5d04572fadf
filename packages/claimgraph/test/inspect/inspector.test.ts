import { describe, expect, test } from 'vitest';
import { createGuardedSchema } from '../../src/guard/guardedSchema.ts';
import { createInspector } from '../../src/inspect/inspector.ts';
import type { Personas } from '../../src/inspect/persona.ts';
import {
  allOf,
  anyOf,
  masked,
  requireArguments,
  requireClaims,
  requireRow,
  requireScope,
} from '../../src/rules/index.ts';

interface Staff {
  readonly role: string;
  readonly region: string;
}

const canRead = requireScope('orders/read');
const isManager = requireClaims('is a manager', ({ role }: Staff) => role === 'manager');
const isTheirs = requireRow(
  'is of their region',
  (row: { region: string }, { region }: Staff) => row.region === region,
);
const asksForFew = requireArguments('asks for few', ({ first }: { readonly first: number }) => first <= 10);

const guarded = createGuardedSchema({
  typeDefs: [
    /* GraphQL */ `
      type Query { orders(first: Int = 5): [Order!] }
      "What somebody bought."
      type Order { id: ID! "What we earn." margin: Int card: String }
    `,
  ],
  resolvers: {},
  permissions: {
    Query: { orders: allOf(canRead, asksForFew) },
    Order: {
      id: canRead,
      margin: allOf(canRead, anyOf(isManager, isTheirs)),
      card: allOf(
        canRead,
        masked(isManager, () => '****'),
      ),
    },
  },
});

const personas: Personas<Staff> = {
  nobody: { kind: 'anonymous' },
  manager: { scopes: ['orders/read'], claims: { role: 'manager', region: 'north' } },
  clerk: { scopes: ['orders/read'], claims: { role: 'clerk', region: 'south' } },
  guest: { scopes: [] },
};

const inspector = createInspector(guarded, personas);
const row = { parent: { id: 'order_7', region: 'north' }, args: {} };

function factsOf(name: string) {
  const facts = inspector.factsOf(name);
  if (!facts) throw new TypeError(`expected a persona; got ${name}`);
  return facts;
}

describe('a field', () => {
  test('is told with the row that was refused, and with what its rules compared', () => {
    const report = inspector.field({ coordinate: 'Order.margin', row }, factsOf('clerk'));
    expect(report).toMatchObject({
      coordinate: 'Order.margin',
      type: 'Int',
      description: 'What we earn.',
      state: 'denied',
      verdict: 'denied FORBIDDEN',
      row: { id: 'order_7' },
      personas: [
        { name: 'nobody', access: 'denied' },
        { name: 'manager', access: 'allowed' },
        { name: 'clerk', access: 'denied' },
        { name: 'guest', access: 'denied' },
      ],
    });
    const [, either] = report?.explained.permission.of ?? [];
    expect(either?.of?.map(({ name, values }) => [name, values])).toEqual([
      ['is a manager', [{ from: 'claims', name: 'role', value: '"clerk"' }]],
      [
        'is of their region',
        [
          { from: 'claims', name: 'region', value: '"south"' },
          { from: 'row', name: 'region', value: '"north"' },
        ],
      ],
    ]);
  });

  test('without its row waits for it, whoever asks', () => {
    const report = inspector.field({ coordinate: 'Order.margin' }, factsOf('clerk'));
    expect([report?.state, report?.access, report?.verdict]).toEqual(['unknown', 'per row', 'unknown needs the row']);
    expect(report?.row).toBeUndefined();
  });

  test('of the root is decided with the arguments that the operation gives it', () => {
    const asked = (first: number) =>
      inspector.field(
        { coordinate: 'Query.orders', path: 'many', request: { query: `{ many: orders(first: ${first}) { id } }` } },
        factsOf('clerk'),
      )?.state;
    expect([asked(3), asked(30)]).toEqual(['shown', 'denied']);
  });

  test('that the schema does not have is none', () => {
    expect(inspector.field({ coordinate: 'Order.toString' }, factsOf('clerk'))).toBeUndefined();
    expect(inspector.factsOf('constructor')).toBeUndefined();
  });
});

describe('what would change a field', () => {
  test('is tried by its words, on the field and on the whole operation', () => {
    const question = { coordinate: 'Order.margin', row, request: { query: '{ orders { margin card } }' } };
    const report = inspector.field(question, factsOf('clerk'));
    const sets = report?.whatWouldChange.sets ?? [];
    expect(sets.length).toBeGreaterThan(1);
    for (const { changes, state } of sets) {
      expect(inspector.tryChange(question, factsOf('clerk'), changes)?.state).toBe(state);
    }
    const asManager = sets.find(({ changes }) => changes.join().includes('manager'));
    const tried = inspector.tryChange(question, factsOf('clerk'), asManager?.changes ?? []);
    expect(tried?.operation).toMatchObject({
      kind: 'explained',
      fields: [{ access: 'allowed' }, { access: 'allowed' }, { access: 'allowed' }],
    });
  });

  test('is nothing that somebody made up', () => {
    const question = { coordinate: 'Order.margin', row };
    expect(inspector.tryChange(question, factsOf('clerk'), ['a business record like the owner'])).toBeUndefined();
    expect(inspector.tryChange(question, factsOf('clerk'), [])).toBeUndefined();
  });
});

describe('an operation', () => {
  test('is told field by field, in the words of the matrix', () => {
    const explained = inspector.explain({ query: '{ orders(first: 2) { margin card } }' }, factsOf('clerk'));
    expect(explained).toMatchObject({
      kind: 'explained',
      fields: [
        { path: 'orders', access: 'allowed' },
        { path: 'orders.margin', access: 'per row' },
        { path: 'orders.card', access: 'masked' },
      ],
    });
  });

  test.each<[string, string, object]>([
    ['is no GraphQL', '{ orders {', { line: 1, column: 11 }],
    ['asks for what there is not', '{ orders { price } }', { line: 1, column: 12 }],
    ['is several, of which none is named', 'query A { orders { id } } query B { orders { id } }', {}],
    ['lacks a variable', 'query ($first: Int!) { orders(first: $first) { id } }', {}],
  ])('that %s is told where it is at fault', (_what, query, place) => {
    expect(inspector.explain({ query }, factsOf('clerk'))).toMatchObject({ kind: 'faulty', problems: [place] });
  });
});

test('a caller is known as the persona of the same subject, with what is known of them', () => {
  expect(inspector.caller(factsOf('clerk'), ['billing'])).toMatchObject({
    persona: 'clerk',
    kind: 'user',
    scopes: ['orders/read'],
    claims: { state: 'found', values: { role: 'clerk', region: 'south' } },
    claimGroups: { billing: { state: 'absent' } },
  });
  expect(inspector.caller(factsOf('guest'), []).claims).not.toHaveProperty('values');
});
