import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BadUserInputError } from '../../../packages/claimgraph/src/errors.ts';
import type { CompanyFilter, Region } from '../../../src/data/rows.ts';
import { openTestDatabase, type TestDatabase } from '../../support/testDatabase.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ data: 'none' });
  const names = [
    '100% Wool',
    '1000 Wools',
    'under_score',
    'underXscore',
    'back\\slash',
    'Ärger & Söhne',
    'b',
    'B',
    'a',
  ];
  await database.db
    .insertInto('companies')
    .values(names.map((name, index) => company(`com_${index}`, name, index % 2 === 0 ? 'USA' : 'ASIA')))
    .execute();
});
afterAll(() => database.close());

function company(id: string, name: string, region: Region = 'USA') {
  return { id, name, region, manager_id: '1', target_usd: 1, internal_rating: 'A', board_notes: '' };
}

const everything = { first: 100, after: undefined };
const data = () => database.dataFor({ tenant: 'main', rows: 'all' });
const companyNames = async (filter: Partial<CompanyFilter>) => {
  const whole = { region: undefined, nameContains: undefined, ...filter };
  const { edges } = await data().companiesPage(everything, whole, { field: 'NAME', direction: 'ASC' });
  expect(await data().countCompanies(whole)).toBe(edges.length);
  return edges.map(({ node }) => node.name);
};

const table: readonly (readonly [text: string, names: readonly string[]])[] = [
  ['0%', ['100% Wool']],
  ['%', ['100% Wool']],
  ['r_s', ['under_score']],
  ['\\', ['back\\slash']],
  ['\\s', ['back\\slash']],
  ['\\%', []],
  ['wool', ['100% Wool', '1000 Wools']],
  ['  WOOL  ', ['100% Wool', '1000 Wools']],
  ['ÄRGER & sÖhne', ['Ärger & Söhne']],
  ["'", []],
];

describe('text is found as it is written, upper and lower case alike', () => {
  test.each(table)('%j as a filter', async (text, names) => {
    expect(await companyNames({ nameContains: text })).toEqual(names);
  });

  test.each(table)('%j as a search', async (text, names) => {
    expect((await data().search(text)).map((row) => 'name' in row && row.name)).toEqual(names);
  });
});

test('names are ordered by code point, whatever the locale of the server', async () => {
  expect(await companyNames({})).toEqual([
    '100% Wool',
    '1000 Wools',
    'B',
    'a',
    'b',
    'back\\slash',
    'underXscore',
    'under_score',
    'Ärger & Söhne',
  ]);
});

test('filters are joined by and', async () => {
  expect(await companyNames({ region: 'ASIA' })).toEqual(['1000 Wools', 'B', 'underXscore', 'Ärger & Söhne']);
  expect(await companyNames({ region: 'ASIA', nameContains: 'wool' })).toEqual(['1000 Wools']);
  expect(await companyNames({ region: 'EUROPE' })).toEqual([]);
});

const unusable = [
  ['empty', ''],
  ['blank', ' \t\n'],
  ['too long', 'x'.repeat(101)],
  ['with a NUL', 'a\0b'],
  ['with a lone surrogate', 'a\udc00'],
] as const;

test.each(unusable)('a text that is %s is refused, by the filter and by the search', async (_, text) => {
  const refusal = (field: string) =>
    new BadUserInputError({
      field,
      expected: '1 to 100 characters of text',
      got: text.slice(0, 100) + (text[100] ? '…' : ''),
    });
  const filter = { region: undefined, nameContains: text };
  for (const seen of [{ tenant: 'main', rows: 'all' }, { rows: 'none' }] as const) {
    const data = database.dataFor(seen);
    await expect(data.search(text)).rejects.toEqual(refusal('text'));
    await expect(data.countCompanies(filter)).rejects.toEqual(refusal('filter.nameContains'));
    await expect(data.companiesPage(everything, filter, { field: 'NAME', direction: 'ASC' })).rejects.toEqual(
      refusal('filter.nameContains'),
    );
  }
});

test('100 characters can be searched for', async () => {
  expect(await data().search('x'.repeat(100))).toEqual([]);
});

test('a search gives 20 at most, companies before investors, each in their order', async () => {
  const { db } = database;
  const numbers = Array.from({ length: 15 }, (_, index) => String(index).padStart(2, '0'));
  await db
    .insertInto('companies')
    .values(numbers.map((number) => company(`many_${number}`, `Many ${number}`)))
    .execute();
  const investors = numbers.map((number) => ({ id: `inv_many_${number}`, email: '', tax_id: '' }));
  await db.insertInto('investors').values(investors).execute();
  const transactions = numbers.map((number) => ({
    id: `txn_many_${number}`,
    company_id: 'many_00',
    investor_id: `inv_many_${number}`,
    amount_usd: 1,
    created_at: new Date(0),
  }));
  await db.insertInto('transactions').values(transactions).execute();

  const found = await data().search('MANY');
  expect(found.map(({ id }) => id)).toEqual([
    ...numbers.map((number) => `many_${number}`),
    ...numbers.slice(0, 5).map((number) => `inv_many_${number}`),
  ]);

  const more = numbers.map((number) => company(`more_${number}`, `Many more ${number}`));
  await db.insertInto('companies').values(more).execute();
  const companiesOnly = await data().search('many');
  expect(companiesOnly).toHaveLength(20);
  expect(new Set(companiesOnly.map(({ __typename }) => __typename))).toEqual(new Set(['Company']));
});
