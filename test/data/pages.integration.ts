import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BadUserInputError } from '../../packages/claimgraph/src/errors.ts';
import type { CompanyOrder, Page, PageRequest, RowFilter } from '../../src/data/rows.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const noFilter = { region: undefined, nameContains: undefined };
const byName: CompanyOrder = { field: 'NAME', direction: 'ASC' };
const all: RowFilter = { tenant: 'main', rows: 'all' };
const usa: RowFilter = { tenant: 'main', rows: 'ofRegions', regions: ['USA'] };

/** The connections under one shape; a new data object for every page, as every request has its own. */
type Connection = (request: PageRequest, filter?: RowFilter) => Promise<Page<{ readonly id: string }>>;
const companies =
  (order: CompanyOrder): Connection =>
  async (request, filter = all) =>
    database.dataFor(filter).companiesPage(request, noFilter, order);
const ofCompany =
  (companyId: string): Connection =>
  async (request, filter = all) =>
    database.dataFor(filter).companyTransactionsPage(companyId, request);
const ofInvestor =
  (investorId: string): Connection =>
  async (request, filter = all) =>
    database.dataFor(filter).investorTransactionsPage(investorId, request);
const auditEvents: Connection = async (request, filter = all) => database.dataFor(filter).auditEventsPage(request);

const idsOn = (page: Page<{ readonly id: string }>) => page.edges.map(({ node }) => node.id);

async function cursorOf(connection: Connection, rowId: string): Promise<string> {
  const { edges } = await connection({ first: 100, after: undefined });
  const edge = edges.find(({ node }) => node.id === rowId);
  if (!edge) throw new Error(`expected ${rowId} on the page`);
  return edge.cursor;
}

describe('orders', () => {
  test.each<[CompanyOrder['field'], CompanyOrder['direction'], string]>([
    ['NAME', 'ASC', 'com_1 com_2 com_3 com_4'],
    ['NAME', 'DESC', 'com_4 com_3 com_2 com_1'],
    ['REGION', 'ASC', 'com_3 com_1 com_2 com_4'],
    ['REGION', 'DESC', 'com_2 com_4 com_1 com_3'],
    ['TARGET_USD', 'ASC', 'com_1 com_4 com_2 com_3'],
    ['TARGET_USD', 'DESC', 'com_3 com_2 com_4 com_1'],
    ['INTERNAL_RATING', 'ASC', 'com_2 com_1 com_3 com_4'],
    ['INTERNAL_RATING', 'DESC', 'com_4 com_3 com_1 com_2'],
  ])('companies by %s %s, ties by id', async (field, direction, ids) => {
    const page = await companies({ field, direction })({ first: 100, after: undefined });
    expect(idsOn(page).join(' ')).toBe(ids);
  });

  test('transactions are oldest first and audit events newest first', async () => {
    expect(idsOn(await ofInvestor('inv_90')({ first: 100, after: undefined }))).toEqual(['txn_208', 'txn_309']);
    const events = idsOn(await auditEvents({ first: 3, after: undefined }));
    expect(events).toEqual(['aud_403', 'aud_402', 'aud_401']);
  });
});

const orders = (['NAME', 'REGION', 'TARGET_USD', 'INTERNAL_RATING'] as const).flatMap((field) =>
  (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })),
);
const connections: readonly (readonly [string, Connection])[] = [
  ...orders.map((order) => [`companies by ${order.field} ${order.direction}`, companies(order)] as const),
  ['transactions of a company', ofCompany('com_3')],
  ['transactions of an investor', ofInvestor('inv_90')],
  ['audit events', auditEvents],
];

describe.each(connections)('%s', (_, connection) => {
  test.each([1, 2, 3, 4, 100])('walked by %i is the whole list', async (first) => {
    const whole = await connection({ first: 100, after: undefined });
    expect(whole).toMatchObject({ hasNextPage: false, hasPreviousPage: false });

    const walked: string[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await connection({ first, after });
      walked.push(...idsOn(page));
      expect(page.hasPreviousPage).toBe(after !== undefined);
      if (!page.hasNextPage) break;
      expect(page.edges).toHaveLength(first);
      after = page.edges.at(-1)?.cursor;
    }
    expect(walked).toEqual(idsOn(whole));
  });

  test('a page of none says whether there is more', async () => {
    const whole = await connection({ first: 100, after: undefined });
    expect(await connection({ first: 0, after: undefined })).toEqual({
      edges: [],
      hasNextPage: true,
      hasPreviousPage: false,
    });
    expect(await connection({ first: 0, after: whole.edges.at(-1)?.cursor })).toEqual({
      edges: [],
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  test.each([-1, 101, 1.5, Number.NaN])('%d rows are refused', async (first) => {
    const refused = connection({ first, after: undefined });
    await expect(refused).rejects.toEqual(
      new BadUserInputError({ field: 'first', expected: 'a whole number from 0 to 100', got: String(first) }),
    );
  });

  const encode = (text: string) => Buffer.from(text).toString('base64url');
  test.each([
    ['empty', ''],
    ['not base64url', '***'],
    ['of no connection', encode('com_1')],
    ['of an unknown connection', encode('nodes:com_1')],
    ['with a NUL', encode('companies:com_1\0')],
    ['with padding', `${encode('companies:com_12')}==`],
    ['with a stray character', `${encode('companies:com_1')}!`],
    ['of an absent company', encode('companies:com_9')],
    ['of an absent transaction', encode('companyTransactions:txn_999')],
    ['of an absent transaction of an investor', encode('investorTransactions:txn_999')],
    ['of an absent event', encode('auditEvents:aud_999')],
    ['with a lone surrogate', 'Y29tcGFuaWVzOu2ggA'],
    ['a lone surrogate itself', '\ud800'],
  ])('a cursor that is %s is refused', async (_, after) => {
    for (const filter of [all, { rows: 'none' }] as const) {
      await expect(connection({ first: 1, after }, filter)).rejects.toEqual(
        new BadUserInputError({ field: 'after', expected: 'a cursor from this connection', got: after }),
      );
    }
  });

  test('a cursor of any other connection is refused', async () => {
    const own = await connection({ first: 100, after: undefined });
    const ownCursors = new Set(own.edges.map(({ cursor }) => cursor));
    const others = [companies(byName), ofCompany('com_1'), ofInvestor('inv_11'), auditEvents];
    const pages = await Promise.all(others.map((other) => other({ first: 1, after: undefined })));
    const foreign = pages.flatMap(({ edges }) => edges.map(({ cursor }) => cursor)).filter((it) => !ownCursors.has(it));
    expect(foreign.length).toBeGreaterThanOrEqual(3);
    for (const after of foreign) {
      await expect(connection({ first: 1, after })).rejects.toMatchObject({ details: { field: 'after', got: after } });
    }
  });
});

describe('a cursor to a row outside the caller’s rows is refused like one that is absent', () => {
  test.each<[string, Connection, string, string]>([
    ['company', companies(byName), 'com_1', 'companies:com_9'],
    ['transaction of a company', ofCompany('com_1'), 'txn_102', 'companyTransactions:txn_999'],
    ['transaction of an investor', ofInvestor('inv_90'), 'txn_309', 'investorTransactions:txn_999'],
    ['audit event', auditEvents, 'aud_101', 'auditEvents:aud_999'],
  ])('%s', async (_, connection, rowId, absent) => {
    const invisible = await cursorOf(connection, rowId);
    const refusal = async (after: string) => {
      const error: unknown = await connection({ first: 1, after }, usa).catch((error: unknown) => error);
      if (!(error instanceof BadUserInputError)) throw new Error('expected BadUserInputError', { cause: error });
      const { got, ...details } = { ...error.details };
      expect(got).toBe(after);
      return { code: error.code, ...details };
    };
    expect(await refusal(invisible)).toEqual(await refusal(Buffer.from(absent).toString('base64url')));
  });
});

test('a cursor of another parent is refused, and only there', async () => {
  const after = await cursorOf(ofCompany('com_1'), 'txn_102');
  const data = database.dataFor(all);
  const results = await Promise.allSettled([
    data.companyTransactionsPage('com_2', { first: 2, after }),
    data.companyTransactionsPage('com_1', { first: 2, after }),
    data.companyTransactionsPage('com_3', { first: 1, after: undefined }),
    data.companyTransactionsPage('com_3', { first: 2, after: undefined }),
  ]);
  expect(results.map((result) => (result.status === 'fulfilled' ? idsOn(result.value) : result.reason.code))).toEqual([
    'BAD_USER_INPUT',
    ['txn_103', 'txn_104'],
    ['txn_301'],
    ['txn_301', 'txn_302'],
  ]);
});

test('a cursor says nothing but its connection and the id of its row', async () => {
  const cursor = await cursorOf(companies({ field: 'INTERNAL_RATING', direction: 'ASC' }), 'com_2');
  expect(Buffer.from(cursor, 'base64url').toString()).toBe('companies:com_2');
});

test('what the client sent is cut short in the refusal', async () => {
  const refused = auditEvents({ first: 1, after: 'x'.repeat(5000) });
  await expect(refused).rejects.toMatchObject({ details: { got: `${'x'.repeat(100)}…` } });
});
