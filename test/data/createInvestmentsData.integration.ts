import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CompanyFilter, CompanyOrder, Page, RowFilter } from '../../src/data/rows.ts';
import { openTestDatabase, type TestDatabase } from '../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const dataFor = (filter: RowFilter) => database.dataFor(filter);
const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id).join(' ');
const idsOn = (page: Page<{ readonly id: string }>) => idsOf(page.edges.map(({ node }) => node));
const everything = { first: 100, after: undefined };
const noFilter: CompanyFilter = { region: undefined, nameContains: undefined };
const byName: CompanyOrder = { field: 'NAME', direction: 'ASC' };

const all = { tenant: 'main', rows: 'all' } as const;
const usa = { tenant: 'main', rows: 'ofRegions', regions: ['USA'] } as const;
const asiaAndEurope = { tenant: 'main', rows: 'ofRegions', regions: ['ASIA', 'EUROPE'] } as const;
const ofInvestor90 = { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_90' } as const;
const ofInvestor11 = { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_11' } as const;
const ofNobody = { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_99' } as const;
const noRegion = { tenant: 'main', rows: 'ofRegions', regions: [] } as const;
const none = { rows: 'none' } as const;

interface Visible {
  readonly filter: RowFilter;
  readonly companies: string;
  readonly transactionsOfCompany: Readonly<Record<'com_1' | 'com_2' | 'com_3' | 'com_4', string>>;
  readonly transactionsOfInvestor90: string;
  readonly totalOfInvestor90: number;
  readonly totalOfInvestor11: number;
  readonly investors: string;
  readonly regionSummary: string;
  readonly auditEvents: number;
}

const com_1 = 'txn_101 txn_102 txn_103 txn_104';
const com_2 = 'txn_201 txn_202 txn_203 txn_204 txn_205 txn_206 txn_207 txn_208';
const com_3 = 'txn_301 txn_302 txn_303 txn_304 txn_305 txn_306 txn_307 txn_308 txn_309';
const com_4 = 'txn_401 txn_402 txn_403';
const nothing: Omit<Visible, 'filter'> = {
  companies: '',
  transactionsOfCompany: { com_1: '', com_2: '', com_3: '', com_4: '' },
  transactionsOfInvestor90: '',
  totalOfInvestor90: 0,
  totalOfInvestor11: 0,
  investors: '',
  regionSummary: '',
  auditEvents: 0,
};

const cases: Readonly<Record<string, Visible>> = {
  'who sees all': {
    filter: all,
    companies: 'com_1 com_2 com_3 com_4',
    transactionsOfCompany: { com_1, com_2, com_3, com_4 },
    transactionsOfInvestor90: 'txn_208 txn_309',
    totalOfInvestor90: 12500,
    totalOfInvestor11: 10000,
    investors: 'inv_11 inv_21 inv_31 inv_41 inv_90',
    regionSummary: 'ASIA 1 22500, EUROPE 1 22000, USA 2 41400',
    auditEvents: 24,
  },
  'who sees the USA': {
    ...nothing,
    filter: usa,
    companies: 'com_2 com_4',
    transactionsOfCompany: { com_1: '', com_2, com_3: '', com_4 },
    transactionsOfInvestor90: 'txn_208',
    totalOfInvestor90: 8000,
    investors: 'inv_21 inv_41 inv_90',
    regionSummary: 'USA 2 41400',
  },
  'who sees Asia and Europe': {
    ...nothing,
    filter: asiaAndEurope,
    companies: 'com_1 com_3',
    transactionsOfCompany: { com_1, com_2: '', com_3, com_4: '' },
    transactionsOfInvestor90: 'txn_309',
    totalOfInvestor90: 4500,
    totalOfInvestor11: 10000,
    investors: 'inv_11 inv_31 inv_90',
    regionSummary: 'ASIA 1 22500, EUROPE 1 22000',
  },
  'investor inv_90': {
    ...nothing,
    filter: ofInvestor90,
    companies: 'com_2 com_3',
    transactionsOfCompany: { com_1: '', com_2: 'txn_208', com_3: 'txn_309', com_4: '' },
    transactionsOfInvestor90: 'txn_208 txn_309',
    totalOfInvestor90: 12500,
    investors: 'inv_90',
    regionSummary: 'ASIA 1 4500, USA 1 8000',
  },
  'investor inv_11': {
    ...nothing,
    filter: ofInvestor11,
    companies: 'com_1',
    transactionsOfCompany: { com_1: 'txn_101', com_2: '', com_3: '', com_4: '' },
    totalOfInvestor11: 10000,
    investors: 'inv_11',
    regionSummary: 'EUROPE 1 10000',
  },
  'an investor without transactions': { ...nothing, filter: ofNobody },
  'a manager without regions': { ...nothing, filter: noRegion },
  'who sees nothing': { ...nothing, filter: none },
};

describe.each(Object.entries(cases))('for %s', (_, visible) => {
  test('companies: the page, the count and each by its id', async () => {
    const data = dataFor(visible.filter);
    const page = await data.companiesPage(everything, noFilter, byName);
    expect(idsOn(page)).toBe(visible.companies);
    expect(await data.countCompanies(noFilter)).toBe(page.edges.length);
    const found = await Promise.all(['com_1', 'com_2', 'com_3', 'com_4', 'com_5'].map((id) => data.company(id)));
    expect(idsOf(found.filter((row) => row !== null))).toBe(visible.companies);
  });

  test('transactions: by company, by investor, counted and each by its id', async () => {
    const data = dataFor(visible.filter);
    for (const [companyId, ids] of Object.entries(visible.transactionsOfCompany)) {
      expect(idsOn(await data.companyTransactionsPage(companyId, everything))).toBe(ids);
      expect(await data.countCompanyTransactions(companyId)).toBe(ids === '' ? 0 : ids.split(' ').length);
    }
    const ofInvestor = await data.investorTransactionsPage('inv_90', everything);
    expect(idsOn(ofInvestor)).toBe(visible.transactionsOfInvestor90);
    expect(await data.countInvestorTransactions('inv_90')).toBe(ofInvestor.edges.length);
    const found = await Promise.all(
      [com_1, com_2, com_3, com_4]
        .join(' ')
        .split(' ')
        .map((id) => data.transaction(id)),
    );
    expect(idsOf(found.filter((row) => row !== null))).toBe(
      Object.values(visible.transactionsOfCompany).filter(Boolean).join(' '),
    );
  });

  test('investors: each by its id, and the sum of their visible transactions', async () => {
    const data = dataFor(visible.filter);
    const ids = ['inv_11', 'inv_21', 'inv_31', 'inv_41', 'inv_90', 'inv_99'];
    const found = await Promise.all(ids.map((id) => data.investor(id)));
    expect(idsOf(found.filter((row) => row !== null))).toBe(visible.investors);
    expect(await data.totalInvestedUsd('inv_90')).toBe(visible.totalOfInvestor90);
    expect(await data.totalInvestedUsd('inv_11')).toBe(visible.totalOfInvestor11);
    expect(await data.totalInvestedUsd('inv_99')).toBe(0);
  });

  test('the region summary has the regions with a visible company, and visible amounts', async () => {
    const summary = await dataFor(visible.filter).regionSummary();
    expect(
      summary.map(({ region, companyCount, amountUsd }) => `${region} ${companyCount} ${amountUsd}`).join(', '),
    ).toBe(visible.regionSummary);
  });

  test('the audit log is for who sees all', async () => {
    const data = dataFor(visible.filter);
    expect((await data.auditEventsPage(everything)).edges).toHaveLength(visible.auditEvents);
    expect(await data.countAuditEvents()).toBe(visible.auditEvents);
  });

  test('search finds visible companies by name and visible investors by id', async () => {
    const data = dataFor(visible.filter);
    const companies = visible.companies.split(' ');
    const investors = visible.investors.split(' ');
    const expectOnly = (row: string, list: readonly string[]) => (list.includes(row) ? row : '');
    expect(idsOf(await data.search('birch'))).toBe(expectOnly('com_2', companies));
    expect(idsOf(await data.search('INV_90'))).toBe(expectOnly('inv_90', investors));
    expect(idsOf(await data.search('inv_11'))).toBe(expectOnly('inv_11', investors));
  });
});

test.each<[string, RowFilter]>([
  ['the empty text', { tenant: 'main', rows: 'ofInvestor', investorId: '' }],
  ['what no column can hold', { tenant: 'main', rows: 'ofInvestor', investorId: '\ud800' }],
])('an investor whose id is %s sees nothing', async (_what, filter) => {
  const data = dataFor(filter);
  const pages = await Promise.all([
    data.companiesPage(everything, noFilter, byName),
    data.companyTransactionsPage('com_1', everything),
    data.investorTransactionsPage('inv_90', everything),
    data.auditEventsPage(everything),
  ]);
  expect(pages.map(idsOn)).toEqual(['', '', '', '']);
  expect(await Promise.all([data.company('com_1'), data.transaction('txn_101'), data.investor('inv_90')])).toEqual([
    null,
    null,
    null,
  ]);
  expect([await data.countCompanies(noFilter), await data.regionSummary(), await data.search('a')]).toEqual([
    0,
    [],
    [],
  ]);
});

test('rows have all their fields', async () => {
  const data = dataFor(all);
  expect(await data.company('com_3')).toEqual({
    __typename: 'Company',
    id: 'com_3',
    name: 'Cedar Ports',
    region: 'ASIA',
    managerId: '30412',
    targetUsd: 70000000,
    internalRating: 'C',
    boardNotes: 'note-3',
  });
  expect(await data.transaction('txn_309')).toEqual({
    __typename: 'Transaction',
    id: 'txn_309',
    companyId: 'com_3',
    investorId: 'inv_90',
    amountUsd: 4500,
    createdAt: new Date('2026-01-06T05:00:00.000Z'),
  });
  expect(await data.investor('inv_90')).toEqual({
    __typename: 'Investor',
    id: 'inv_90',
    email: 'inv-90@example.com',
    taxId: '99-90-1234',
  });
  const [newest] = (await data.auditEventsPage({ first: 1, after: undefined })).edges;
  expect(newest?.node).toEqual({
    id: 'aud_403',
    occurredAt: new Date('2026-01-06T08:00:00.000Z'),
    actor: 'system',
    action: 'TRANSACTION_CREATED',
    targetId: 'txn_403',
  });
});

test.each([
  ['no rows', none],
  ['no regions', noRegion],
])('who may see %s costs no statement', async (_, filter) => {
  const data = dataFor(filter);
  database.takeStatements();
  await data.companiesPage(everything, noFilter, byName);
  await data.countCompanies({ region: 'USA', nameContains: 'a' });
  await Promise.all([data.company('com_1'), data.transaction('txn_101'), data.investor('inv_90'), data.search('a')]);
  await Promise.all([data.regionSummary(), data.totalInvestedUsd('inv_90')]);
  await Promise.all([data.companyTransactionsPage('com_1', everything), data.countCompanyTransactions('com_1')]);
  await Promise.all([data.investorTransactionsPage('inv_90', everything), data.countInvestorTransactions('inv_90')]);
  await Promise.all([data.auditEventsPage(everything), data.countAuditEvents()]);
  expect(database.takeStatements()).toEqual([]);
});

test.each(['com_1\0', 'com_\ud800', '\0', '', ' com_1', "com_1' or '1'='1"])('the id %j is in no row', async (id) => {
  const data = dataFor(all);
  expect(await Promise.all([data.company(id), data.transaction(id), data.investor(id)])).toEqual([null, null, null]);
  expect(
    await Promise.all([data.companyTransactionsPage(id, everything), data.investorTransactionsPage(id, everything)]),
  ).toEqual(Array(2).fill({ edges: [], hasNextPage: false, hasPreviousPage: false }));
  expect(
    await Promise.all([
      data.countCompanyTransactions(id),
      data.countInvestorTransactions(id),
      data.totalInvestedUsd(id),
    ]),
  ).toEqual([0, 0, 0]);
});

test('an unusable id does no harm to the others in its batch', async () => {
  const data = dataFor(all);
  const [bad, good] = await Promise.all([data.company('\0'), data.company('com_1')]);
  expect([bad, good?.name]).toEqual([null, 'Alder Rail']);
  const pages = await Promise.all(['\0', 'com_4'].map((id) => data.companyTransactionsPage(id, everything)));
  expect(pages.map(idsOn)).toEqual(['', com_4]);
});
