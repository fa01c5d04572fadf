import { z } from 'zod';
import { question } from './question.ts';
import type { NodesResults } from './scalingResults.ts';
import { type Cluster, nodeNames, tokenRequest } from './startCluster.ts';

const userCount = 300;
const atOnce = 100;

const calls = z.tuple([z.object({ calls: z.coerce.number() })]);

/** Users of whom no node knows anything ask every node, a hundred at once; how many statements their claims cost. */
export async function measureColdUsers({ sql, node, tokens, issuer }: Cluster): Promise<NodesResults['coldUsers']> {
  const subjects = Array.from({ length: userCount }, (_, index) => `cold-user-${index}`);
  await sql.run('create extension if not exists pg_stat_statements');
  await sql.run(
    `insert into access_records (kind, issuer, subject, role, regions)
      select 'user', $1, subject, 'auditor', '{USA}' from unnest($2::text[]) as subject`,
    [issuer, subjects],
  );
  const userTokens = await Promise.all(
    subjects.map((subject) => tokens.accessToken({ ...tokenRequest(), subject, expiresInSeconds: 12 * 3600 })),
  );
  await sql.run('select pg_stat_statements_reset()');
  for (let first = 0; first < userCount; first += atOnce) {
    const wave = userTokens.slice(first, first + atOnce);
    await Promise.all(nodeNames.flatMap((name) => wave.map((token) => node(name).ask(token, question))));
  }
  const counted = await sql.run(
    `select coalesce(sum(calls), 0) as calls from pg_stat_statements
      where query like '%unnest%' and query like '%access_records%' and query not like 'insert%'`,
  );
  const [{ calls: statements }] = calls.parse(counted);
  return {
    users: userCount,
    nodes: nodeNames.length,
    askingAtOnce: atOnce,
    statements,
    statementsPerUser: Math.round((statements / userCount) * 1000) / 1000,
  };
}
