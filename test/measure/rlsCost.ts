import type { InvestmentsData } from '../../src/data/investmentsData.ts';
import { countRoundTrips } from '../support/countRoundTrips.ts';
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

const roundTrips = countRoundTrips();

const lines = ['| query | `DATABASE_RLS` | statements | round trips |', '|---|---|---|---|'];
for (const rowLevelSecurity of [false, true]) {
  const database = await openTestDatabase({ rowLevelSecurity });
  try {
    for (const [name, ask] of Object.entries(queries)) {
      database.takeStatements();
      roundTrips.take();
      await ask(database.dataFor({ tenant: 'main', rows: 'ofRegions', regions: ['USA'] }));
      const rls = rowLevelSecurity ? 'on' : 'off';
      lines.push(`| ${name} | ${rls} | ${database.takeStatements().length} | ${roundTrips.take()} |`);
    }
  } finally {
    await database.close();
  }
}
process.stdout.write(`${lines.join('\n')}\n`);
