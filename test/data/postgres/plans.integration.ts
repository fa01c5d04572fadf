import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InvestmentsData } from '../../../src/data/investmentsData.ts';
import type { RowFilter } from '../../../src/data/rows.ts';
import { openTestDatabase, type TestDatabase, testBackend } from '../../support/testDatabase.ts';

const canRun = testBackend === 'postgres';
if (!canRun) process.stdout.write('skipped without DATABASE_URL: plans of PostgreSQL\n');

const page = { first: 10, after: undefined };
const byName = { field: 'NAME', direction: 'ASC' } as const;
const ids = ['com_1', 'com_2', 'com_3', 'com_4'];
const queries: readonly (readonly [string, (data: InvestmentsData) => Promise<unknown>])[] = [
  ['companies', (data) => data.companiesPage({ ...page, isCounted: true }, nowhere, byName)],
  ['transactions of companies', (data) => Promise.all(ids.map((id) => data.companyTransactionsPage(id, page)))],
  ['transactions of investors', (data) => Promise.all(investors.map((id) => data.investorTransactionsPage(id, page)))],
  ['a company', (data) => data.company('com_2')],
  ['a transaction', (data) => data.transaction('txn_grown_500')],
  ['investors', (data) => Promise.all(investors.map((id) => data.investor(id)))],
];
const nowhere = { region: undefined, nameContains: undefined };
const investors = ['inv_90', 'inv_11'];
const filters: readonly RowFilter[] = [
  { tenant: 'main', rows: 'all' },
  { tenant: 'main', rows: 'ofRegions', regions: ['USA'] },
  { tenant: 'main', rows: 'ofInvestor', investorId: 'inv_90' },
];

describe.runIf(canRun).each(['small', 'grown'] as const)('on %s data', (size) => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeAll(async () => {
    database = await openTestDatabase({ poolSize: 1, rowLevelSecurity: false, statementTimeoutMs: 60_000 });
    if (size === 'grown') {
      // So many of one company in one transaction would each be numbered for its followers, one after the other.
      await sql`alter table transactions disable trigger user`.execute(database.db);
      // Half of them are one company's, and a third one investor's.
      await sql`insert into transactions (tenant, id, company_id, investor_id, amount_usd, created_at)
        select 'main', 'txn_grown_' || n,
          case when n % 2 = 0 then 'com_2' else 'com_' || 1 + n % 4 end,
          case when n % 3 = 0 then 'inv_90' else (array['inv_11', 'inv_21', 'inv_31', 'inv_41'])[1 + n % 4] end,
          1 + n % 5000, now()
        from generate_series(1, 100000) n`.execute(database.db);
      await sql`alter table transactions enable trigger user`.execute(database.db);
    }
    await sql`vacuum analyze`.execute(database.db);
    client = new pg.Client({ connectionString: database.options.kind === 'postgres' ? database.options.url : '' });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.close();
  });

  const cases = queries.flatMap(([name, ask]) => filters.map((filter) => [name, filter, ask] as const));
  test.each(cases)('%s for %j read as much as they show', async (name, filter, ask) => {
    const statement = await recordStatement(() => ask(database.dataFor(filter)));
    const blocks = await countBlocks(client, statement);
    // Who sees a region sees the investors of its transactions, which are looked for.
    const isLookedFor = name === 'investors' && filter.rows === 'ofRegions';
    expect(blocks).toBeLessThan(isLookedFor ? 2_000 : 60);
  });
});

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The last statement with parameters that pg is given meanwhile. */
async function recordStatement(ask: () => Promise<unknown>): Promise<Statement> {
  const { query } = pg.Client.prototype;
  let last: Statement | undefined;
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...given: readonly unknown[]): unknown {
      const [statement] = given;
      if (isStatement(statement)) last = statement;
      return Reflect.apply(query, this, given);
    },
  });
  try {
    await ask();
  } finally {
    Object.assign(pg.Client.prototype, { query });
  }
  if (!last) throw new TypeError('expected a statement with parameters');
  return last;
}

function isStatement(given: unknown): given is Statement {
  return typeof given === 'object' && given !== null && 'text' in given && 'values' in given;
}

/** How many blocks PostgreSQL looks at, once it has decided whether it plans anew for each execution. */
async function countBlocks(client: pg.Client, { text, values }: Statement): Promise<number> {
  const call = `execute asked(${values.map(toLiteral).join(', ')})`;
  await client.query(`prepare asked as ${text}`);
  for (let execution = 0; execution < 6; execution += 1) await client.query(call);
  const { rows } = await client.query(`explain (analyze, buffers, format json) ${call}`);
  await client.query('deallocate asked');
  const { Plan: plan } = rows[0]['QUERY PLAN'][0];
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

function toLiteral(value: unknown): string {
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((one) => JSON.stringify(String(one))).join(',')}}`);
  return pg.escapeLiteral(String(value));
}
