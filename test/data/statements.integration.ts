import { PostgresQueryCompiler } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import type { InvestmentsData } from '../../src/data/investmentsData.ts';
import type { RowFilter } from '../../src/data/rows.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

let database: TestDatabase;
afterEach(() => database.close());

const everything = { first: 100, after: undefined, isCounted: true };
const noFilter = { region: undefined, nameContains: undefined };
const byName = { field: 'NAME', direction: 'ASC' } as const;

/**
 * What GraphQL asks for `companies { totalCount nodes { transactions { totalCount nodes { investor { id totalInvestedUsd
 * transactions { totalCount nodes { company { name } } } } } } } }`; gives how many rows it met.
 */
async function walk(data: InvestmentsData): Promise<number> {
  let met = 0;
  const companies = await data.companiesPage(everything, noFilter, byName);
  expect(companies.totalCount).toBe(companies.edges.length);
  await Promise.all(
    companies.edges.map(async ({ node: { id: companyId } }) => {
      met += 1;
      const transactions = await data.companyTransactionsPage(companyId, everything);
      expect(transactions.totalCount).toBe(transactions.edges.length);
      await Promise.all(
        transactions.edges.map(async ({ node: { investorId } }) => {
          met += 1;
          await data.investor(investorId);
          const [ofInvestor] = await Promise.all([
            data.investorTransactionsPage(investorId, everything),
            data.totalInvestedUsd(investorId),
          ]);
          await Promise.all(ofInvestor.edges.map(({ node }) => data.company(node.companyId)));
        }),
      );
    }),
  );
  return met;
}

async function fill(companyCount: number, transactionCount: number): Promise<void> {
  const companies = Array.from({ length: companyCount }, (_, index) => ({
    id: `com_${index}`,
    name: `Company ${index}`,
    region: 'USA' as const,
    manager_id: '1',
    target_usd: 1,
    internal_rating: 'A',
    board_notes: '',
  }));
  const transactions = companies.flatMap((company, companyIndex) =>
    Array.from({ length: transactionCount }, (_, index) => ({
      id: `txn_${companyIndex}_${index}`,
      company_id: company.id,
      // Every investor has transactions in several companies.
      investor_id: `inv_${(companyIndex + index) % transactionCount}`,
      amount_usd: 1,
      created_at: new Date(0),
    })),
  );
  const investors = [...new Set(transactions.map((transaction) => transaction.investor_id))];
  await database.db.insertInto('companies').values(companies).execute();
  await database.db
    .insertInto('investors')
    .values(investors.map((id) => ({ id, email: '', tax_id: '' })))
    .execute();
  await database.db.insertInto('transactions').values(transactions).execute();
}

const filters: readonly RowFilter[] = [
  { tenant: 'main', rows: 'all' },
  { tenant: 'main', rows: 'ofRegions', regions: ['USA', 'ASIA'] },
  { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_0' },
];
// Companies; transactions; investors, their transactions and totals; companies: each with its count.
const nestedStatements = 6;

test('a nested query costs the same statements for 2 companies with 3 transactions and for 40 with 20', async () => {
  database = await openTestDatabase({ data: 'none' });
  for (const [companyCount, transactionCount] of [
    [2, 3],
    [40, 20],
  ] as const) {
    await database.db.deleteFrom('transactions').execute();
    await database.db.deleteFrom('companies').execute();
    await database.db.deleteFrom('investors').execute();
    await fill(companyCount, transactionCount);
    for (const filter of filters) {
      database.takeStatements();
      const met = await walk(database.dataFor(filter));
      expect(met).toBe(filter.rows === 'ofInvestor' ? companyCount * 2 : companyCount * (1 + transactionCount));
      expect(database.takeStatements()).toHaveLength(nestedStatements);
    }
  }
});

test('pages of different sizes with and without cursors share their statements', async () => {
  database = await openTestDatabase();
  const cursorsFrom = database.dataFor({ tenant: 'main', rows: 'all' });
  const cursors = await Promise.all(
    ['com_1', 'com_2'].map(async (id) => (await cursorsFrom.companyTransactionsPage(id, everything)).edges[1]?.cursor),
  );

  const data = database.dataFor({ tenant: 'main', rows: 'all' });
  database.takeStatements();
  const pages = await Promise.all([
    data.companyTransactionsPage('com_1', { first: 1, after: cursors[0] }),
    data.companyTransactionsPage('com_2', { first: 2, after: cursors[1] }),
    data.companyTransactionsPage('com_2', { first: 3, after: undefined }),
    data.companyTransactionsPage('com_9', { first: 4, after: undefined }),
    data.companyTransactionsPage('com_9', { first: 4, after: cursors[1] }).catch(() => undefined),
  ]);
  expect(database.takeStatements()).toHaveLength(2);
  expect(pages.map((page) => page?.edges.map(({ node }) => node.id).join(' '))).toEqual([
    'txn_103',
    'txn_203 txn_204',
    'txn_201 txn_202 txn_203',
    '',
    undefined,
  ]);
});

test('what one request has loaded is not asked for again, and another request asks anew', async () => {
  database = await openTestDatabase();
  const first = database.dataFor({ tenant: 'main', rows: 'all' });
  database.takeStatements();
  await Promise.all([first.company('com_1'), first.company('com_2'), first.company('com_1')]);
  await first.company('com_2');
  expect(database.takeStatements()).toHaveLength(1);
  await database.dataFor({ tenant: 'main', rows: 'all' }).company('com_1');
  expect(database.takeStatements()).toHaveLength(1);
});

test('SQL is made once for each shape and filter, and bound to the values of each request', async () => {
  database = await openTestDatabase();
  let made = 0;
  const { compileQuery } = PostgresQueryCompiler.prototype;
  PostgresQueryCompiler.prototype.compileQuery = function compileAndCount(...given) {
    made += 1;
    return Reflect.apply(compileQuery, this, given);
  };
  const europe: RowFilter = { tenant: 'main', rows: 'ofRegions', regions: ['EUROPE'] };
  const usa: RowFilter = { tenant: 'main', rows: 'ofRegions', regions: ['USA'] };
  const ask = async (filter: RowFilter, first: number, nameContains: string, ids: readonly string[]) => {
    made = 0;
    const data = database.dataFor(filter);
    const page = await data.companiesPage({ first, after: undefined }, { region: undefined, nameContains }, byName);
    const companies = await Promise.all(ids.map((id) => data.company(id)));
    const pages = await Promise.all(ids.map((id) => data.companyTransactionsPage(id, { first, after: undefined })));
    return {
      made,
      ids: [page.edges, ...pages.map(({ edges }) => edges)].map((edges) => edges.map(({ node }) => node.id).join(' ')),
      companies: companies.map((company) => company?.id ?? null),
    };
  };
  try {
    const first = await ask(usa, 10, 'o', ['com_2']);
    expect(first.made).toBeGreaterThan(0);
    const second = await ask(usa, 1, 'a', ['com_4', 'com_1']);
    expect(second).toMatchObject({ made: 0, companies: ['com_4', null] });
    expect(second.ids.map((each) => each.split(' ').filter(Boolean).length)).toEqual([1, 1, 0]);
    expect(await ask(europe, 1, 'a', ['com_4', 'com_1'])).toMatchObject({ companies: [null, 'com_1'] });
    expect(await ask(usa, 10, 'o', ['com_2'])).toEqual({ ...first, made: 0 });
  } finally {
    PostgresQueryCompiler.prototype.compileQuery = compileQuery;
  }
});
