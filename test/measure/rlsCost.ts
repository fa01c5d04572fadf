import pg from 'pg';
import type { InvestmentsData } from '../../src/data/investmentsData.ts';
import { openTestDatabase } from '../support/testDatabase.ts';

/** `npm run measure:rls`: what each query of the data layer costs on a PostgreSQL server, with row-level security and without. */

const page = { first: 10, after: undefined };
const noFilter = { region: undefined, nameContains: undefined };
const queries: Readonly<Record<string, (data: InvestmentsData) => Promise<unknown>>> = {
  company: (data) => data.company('com_2'),
  companiesPage: (data) => data.companiesPage(page, noFilter, { field: 'NAME', direction: 'ASC' }),
  countCompanies: (data) => data.countCompanies(noFilter),
  companyTransactionsPage: (data) => data.companyTransactionsPage('com_2', page),
  totalInvestedUsd: (data) => data.totalInvestedUsd('inv_90'),
  search: (data) => data.search('inv'),
  regionSummary: (data) => data.regionSummary(),
};

/** pg sends a statement when the answer to the one before it is there, so each is a round trip. */
let roundTrips = 0;
const { query } = pg.Client.prototype;
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...given: readonly unknown[]): unknown {
    roundTrips += 1;
    return Reflect.apply(query, this, given);
  },
});

const lines = ['| query | `DATABASE_RLS` | statements | round trips |', '|---|---|---|---|'];
for (const rowLevelSecurity of [false, true]) {
  const database = await openTestDatabase({ rowLevelSecurity });
  try {
    for (const [name, ask] of Object.entries(queries)) {
      database.takeStatements();
      roundTrips = 0;
      await ask(database.dataFor({ tenant: 'main', rows: 'ofRegions', regions: ['USA'] }));
      const rls = rowLevelSecurity ? 'on' : 'off';
      lines.push(`| ${name} | ${rls} | ${database.takeStatements().length} | ${roundTrips} |`);
    }
  } finally {
    await database.close();
  }
}
process.stdout.write(`${lines.join('\n')}\n`);
