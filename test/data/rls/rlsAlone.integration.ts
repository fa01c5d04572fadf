import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { propertySettings } from '../../../packages/claimgraph/test/support/propertySettings.ts';
import { createDataOf, createInvestmentsData } from '../../../src/data/createInvestmentsData.ts';
import { createVisibleRows } from '../../../src/data/queries/visibleRows.ts';
import type { Region, RowFilter } from '../../../src/data/rows.ts';
import { askEverything, fillWorld, type World } from '../../support/everyQuery.ts';
import { openTestDatabase, type TestDatabase } from '../../support/testDatabase.ts';
import { twoTenants } from '../../support/twoTenants.ts';
import { unfilteredRows } from '../../support/unfilteredRows.ts';

let secured: TestDatabase;
beforeAll(async () => {
  secured = await openTestDatabase({ data: 'none', rowLevelSecurity: true });
});
afterAll(() => secured.close());

const withBoth = (filter: RowFilter, world: World) => askEverything(secured.dataFor(filter), world);
/** The caller who fills the database passes by row-level security, so that here is the SQL's filter alone. */
const withFilterAlone = (filter: RowFilter, world: World) =>
  askEverything(createInvestmentsData(secured.db, filter), world);
const withRlsAlone = (filter: RowFilter, world: World, database = secured) =>
  askEverything(createDataOf(unfilteredRows(database.forRowFilter(filter))), world);

const filters: readonly RowFilter[] = [
  { tenant: 'acme', rows: 'all' },
  { tenant: 'acme', rows: 'ofRegions', regions: ['ASIA'] },
  { tenant: 'globex', rows: 'ofRegions', regions: ['ASIA', 'USA'] },
  { tenant: 'acme', rows: 'ofRegions', regions: [] },
  { tenant: 'globex', rows: 'ofInvestor', investorId: 'inv_2' },
  { tenant: 'acme', rows: 'ofInvestor', investorId: 'inv_globex' },
  // No id that a row can have: the condition is false whatever the row.
  { tenant: 'acme', rows: 'ofInvestor', investorId: '' },
  { tenant: 'acme', rows: 'ofInvestor', investorId: 'inv\0' },
  { tenant: 'initech', rows: 'all' },
  { rows: 'none' },
];

test.each(filters)('no statement starts without its filter, also where that lets no row through: %j', (filter) => {
  const visible = createVisibleRows(secured.db, filter);
  const starts = [visible.companies(), visible.transactions(), visible.investors(), visible.auditEvents()];
  const unlimited = starts.map((start) => start.selectAll().compile().sql).filter((sql) => !sql.includes(' where '));
  expect(unlimited).toEqual([]);
});

test.each(filters)('the filter alone, on a database that shows everything, says what both say: %j', async (filter) => {
  await fillWorld(secured.db, twoTenants);
  expect(await withFilterAlone(filter, twoTenants)).toEqual(await withBoth(filter, twoTenants));
});

describe('where the SQL forgets its filter', () => {
  beforeAll(() => fillWorld(secured.db, twoTenants));

  test.each(filters)('row-level security keeps every query as it was: %j', async (filter) => {
    expect(await withRlsAlone(filter, twoTenants)).toEqual(await withBoth(filter, twoTenants));
  });

  test.each(filters)('or takes the one of another tenant, nothing is seen at all: %j', async (filter) => {
    const wrong: RowFilter = {
      tenant: 'tenant' in filter && filter.tenant === 'acme' ? 'globex' : 'acme',
      rows: 'all',
    };
    const crossed = createInvestmentsData(secured.forRowFilter(filter), wrong);
    expect(await askEverything(crossed, twoTenants)).toEqual(await withBoth({ rows: 'none' }, twoTenants));
  });

  test('or sees all rows of the tenant, row-level security has the last word', async () => {
    const filter: RowFilter = { tenant: 'acme', rows: 'ofInvestor', investorId: 'inv_2' };
    const generous = createInvestmentsData(secured.forRowFilter(filter), { tenant: 'acme', rows: 'all' });
    expect(await askEverything(generous, twoTenants)).toEqual(await withBoth(filter, twoTenants));
  });
});

describe('without row-level security', () => {
  let open: TestDatabase;
  beforeAll(async () => {
    open = await openTestDatabase({ data: 'none', rowLevelSecurity: false });
    await fillWorld(open.db, twoTenants);
  });
  afterAll(() => open.close());

  test.each(filters)('the same sabotage is seen in every query: %j', async (filter) => {
    const honest = await askEverything(open.dataFor(filter), twoTenants);
    const sabotaged = await withRlsAlone(filter, twoTenants, open);
    const leaking = Object.keys(honest).filter(
      (query) => JSON.stringify(honest[query]) !== JSON.stringify(sabotaged[query]),
    );
    expect(leaking).toEqual(Object.keys(honest));
  });
});

const tenant = fc.constantFrom('acme', 'globex', 'Acme');
const region = fc.constantFrom<Region>('EUROPE', 'USA', 'ASIA');
const number = fc.integer({ min: 0, max: 3 });
const investorId = fc.oneof(
  { weight: 5, arbitrary: number.map((n) => `inv_${n}`) },
  { weight: 1, arbitrary: fc.constantFrom("' or true --", 'inv_1,inv_2', '{inv_1}', '', '%') },
);
const anyFilter: fc.Arbitrary<RowFilter> = fc.oneof(
  fc.record({ tenant, rows: fc.constant('all' as const) }),
  fc.record({ tenant, rows: fc.constant('ofRegions' as const), regions: fc.uniqueArray(region) }),
  fc.record({ tenant, rows: fc.constant('ofInvestor' as const), investorId }),
  fc.record({ rows: fc.constant('none' as const) }),
);
const keyOf = ({ tenant, id }: { readonly tenant: string; readonly id: string }) => `${tenant} ${id}`;
const id = (prefix: string) => number.map((n) => `${prefix}_${n}`);

const anyWorld: fc.Arbitrary<World> = fc
  .record({
    companies: fc.uniqueArray(
      fc.record({ tenant, id: id('com'), region, name: fc.constantFrom('Alder', 'b', 'inv'), target_usd: number }),
      { selector: keyOf, maxLength: 8 },
    ),
    investors: fc.uniqueArray(fc.record({ tenant, id: id('inv') }), { selector: keyOf, maxLength: 8 }),
    auditEvents: fc.uniqueArray(fc.record({ tenant, id: id('aud') }), { selector: keyOf, maxLength: 6 }),
    picks: fc.array(fc.record({ company: fc.nat(), investor: fc.nat(), amount_usd: fc.integer({ min: 1, max: 9 }) }), {
      maxLength: 16,
    }),
  })
  .map(({ companies, investors, auditEvents, picks }) => ({
    companies: companies.map((row) => ({
      ...row,
      manager_id: '7',
      internal_rating: row.name,
      board_notes: row.tenant,
    })),
    investors: investors.map((row) => ({ ...row, email: row.tenant, tax_id: '1' })),
    transactions: picks.flatMap(({ company, investor, amount_usd }, index) => {
      const parent = companies[company % companies.length];
      const ofTenant = investors.filter((row) => row.tenant === parent?.tenant);
      const by = ofTenant[investor % ofTenant.length];
      if (!parent || !by) return [];
      const parents = { tenant: parent.tenant, company_id: parent.id, investor_id: by.id };
      // Half of the ids are taken in several tenants.
      const isShared = !picks.slice(0, index).some((_, other) => other % 4 === index % 4);
      return [{ ...parents, id: `txn_${isShared ? index % 4 : index}`, amount_usd, created_at: new Date(index) }];
    }),
    auditEvents: auditEvents.map((row) => ({
      ...row,
      occurred_at: new Date(0),
      actor: row.tenant,
      action: 'A',
      target_id: 'x',
    })),
  }));

test('row-level security alone says what the filter alone says, and both together', async () => {
  await fc.assert(
    fc.asyncProperty(anyWorld, fc.array(anyFilter, { minLength: 2, maxLength: 3 }), async (world, someFilters) => {
      await fillWorld(secured.db, world);
      for (const filter of someFilters) {
        const byFilter = await withFilterAlone(filter, world);
        expect(await withRlsAlone(filter, world)).toEqual(byFilter);
        expect(await withBoth(filter, world)).toEqual(byFilter);
      }
    }),
    propertySettings(60),
  );
});
