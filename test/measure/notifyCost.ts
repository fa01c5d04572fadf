import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { fillDemoData } from '../../dev/demoData.ts';
import { openDatabase } from '../../src/data/openDatabase.ts';

// What NOTIFY costs inside of the transactions that write, beside the outbox alone and NOTIFY after the commit: transactions
// per second of so many writers, each into a company of its own. On a database of its own, which is gone afterwards.

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres' },
    writers: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
  },
});
const writers = Number(values.writers);
const name = `claimgraph_notify_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
const server = new pg.Client({ connectionString: values.url });
await server.connect();
await server.query(`create database ${name}`);
try {
  const url = new URL(values.url);
  url.pathname = `/${name}`;
  const database = await openDatabase({ kind: 'postgres', url: url.href, poolSize: 2 });
  await fillDemoData(database.db, { issuer: 'https://measured.invalid' });
  await database.close();
  const clients = await Promise.all(
    Array.from({ length: writers }, async () => {
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      return client;
    }),
  );
  await clients[0]?.query(`insert into companies (id, name, region, manager_id, target_usd, internal_rating, board_notes)
    select 'load_' || n, 'Load', 'USA', '1', 1, 'A', '' from generate_series(0, ${writers}) as n`);
  const ways = { 'outbox alone': '', 'NOTIFY inside': "select pg_notify('measured', '');" };
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const [way, notify] of Object.entries(ways)) {
      const until = performance.now() + Number(values.seconds) * 1000;
      let count = 0;
      await Promise.all(
        clients.map(async (client, index) => {
          while (performance.now() < until) {
            await client.query(`begin;
              insert into transactions (id, company_id, investor_id, amount_usd, created_at)
                values ('${randomUUID()}', 'load_${index}', 'inv_90', 1, now());
              ${notify}
              commit`);
            count += 1;
          }
        }),
      );
      process.stdout.write(`round ${round}, ${way}: ${Math.round(count / Number(values.seconds))} transactions/s\n`);
    }
  }
  await Promise.all(clients.map((client) => client.end()));
} finally {
  await server.query(`drop database ${name} with (force)`);
  await server.end();
}
