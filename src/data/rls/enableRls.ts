import { ConfigurationError } from 'claimgraph';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';
import { checkRls, type RlsProblem } from './checkRls.ts';
import { walledTables } from './rlsSettings.ts';

// Once more each time another process, perhaps of another database of the server, does the same at this moment.
const rounds = 4;

/**
 * Puts the wall up where it does not stand yet, as far as the connection's user may. Throws ConfigurationError with
 * everything that is still missing and the SQL for it.
 */
export async function enableRls(db: Kysely<Tables>): Promise<void> {
  let gaps = await checkRls(db);
  let cause: unknown;
  for (let round = 0; round < rounds && gaps.some(({ autoFixable: byUs }) => byUs); round += 1) {
    await close(db, gaps).catch((error: unknown) => {
      cause = error;
    });
    gaps = await checkRls(db);
  }
  if (gaps.length === 0) return;
  const lines = gaps.map(({ problem, remedy }) => `- ${problem}. Run: ${remedy};`);
  throw new ConfigurationError(
    `DATABASE_RLS: the wall of row-level security does not stand, and this database user cannot put it up:\n${lines.join('\n')}`,
    { cause },
  );
}

async function close(db: Kysely<Tables>, gaps: readonly RlsProblem[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext('claimgraph.wall'))`.execute(transaction);
    for (const { autoFixable: byUs, remedy } of gaps) if (byUs) await sql.raw(remedy).execute(transaction);
  });
}

/**
 * For a process without the wall: throws ConfigurationError when there is one, put up by another process, that would
 * hide every row from it. A superuser and a role with BYPASSRLS see all rows in spite of it, and may start.
 */
export async function assertRlsDisabled(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${[...walledTables]}::text[]) as walled(name) where row_security_active(name)`.execute(db);
  if (rows.length === 0) return;
  const remedies = rows.map(({ name }) => `alter table ${name} ${unforced};`);
  throw new ConfigurationError(
    [
      `DATABASE_RLS: expected on, since row-level security is on for ${rows.map(({ name }) => name).join(', ')}: without it this process would see no rows there; got off.`,
      'Set DATABASE_RLS=on for every process; or, when none runs with it, take the wall down:',
      ...remedies.map((remedy) => `  ${remedy}`),
    ].join('\n'),
  );
}

const unforced = 'no force row level security, disable row level security';
