import { sql } from 'kysely';
import pg from 'pg';
import { fillDemoData } from '../../dev/demoData.ts';
import { demoUsers } from '../../dev/demoUsers.ts';
import { openDatabase } from '../../src/data/openDatabase.ts';

export type DataSize = 'small' | 'grown';

/** The demo data as they are, or with 100,000 transactions, half of which are one company's and a third one investor's. */
export async function createProductDatabase(serverUrl: string, size: DataSize, issuer: string): Promise<string> {
  const url = new URL(serverUrl);
  url.pathname = `/bench_${size}`;
  await withClient(serverUrl, (client) => client.query(`create database bench_${size}`));
  const database = await openDatabase({ kind: 'postgres', url: url.href, statementTimeoutMs: 120_000 });
  try {
    await fillDemoData(database.db, { issuer });
    if (size === 'grown') {
      await sql`
        insert into transactions (tenant, id, company_id, investor_id, amount_usd, created_at)
        select 'main', 'txn_grown_' || n,
          case when n % 2 = 0 then 'com_2' else 'com_' || 1 + n % 4 end,
          case when n % 3 = 0 then 'inv_90' else (array['inv_11', 'inv_21', 'inv_31', 'inv_41'])[1 + n % 4] end,
          1 + n % 5000, now()
        from generate_series(1, 100000) n`.execute(database.db);
    }
    await sql`create extension if not exists pg_stat_statements`.execute(database.db);
    await sql`vacuum analyze`.execute(database.db);
  } finally {
    await database.close();
  }
  return url.href;
}

export const caller = demoUsers[0];

/** How many statements the database executed, since it was last asked. */
export async function takeStatementCount(databaseUrl: string): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query(
      `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements s join pg_database d on d.oid = s.dbid
       where d.datname = current_database() and s.query not like '%pg_stat_statements%'`,
    );
    await client.query('select pg_stat_statements_reset()');
    return Number(rows[0]?.calls);
  });
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
