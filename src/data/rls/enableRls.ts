import { ConfigurationError } from 'claimgraph';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../tables.ts';
import { checkRls, type RlsProblem } from './checkRls.ts';
import { protectedTables } from './rlsSettings.ts';

// Once more each time another process, perhaps of another database of the server, does the same at this moment.
const rounds = 4;

/**
 * Enables row-level security where it is not yet, as far as the connection's user may. Throws ConfigurationError with
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
    `DATABASE_RLS: row-level security is not fully enabled, and this database user cannot enable it:\n${lines.join('\n')}`,
    { cause },
  );
}

async function close(db: Kysely<Tables>, gaps: readonly RlsProblem[]): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext('claimgraph.rls'))`.execute(transaction);
    for (const { autoFixable: byUs, remedy } of gaps) if (byUs) await sql.raw(remedy).execute(transaction);
  });
}

/**
 * For a process without it: throws ConfigurationError when row-level security, enabled by another process, would hide
 * every row from it. A superuser and a role with BYPASSRLS see all rows in spite of it, and may start.
 */
export async function assertRlsDisabled(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${[...protectedTables]}::text[]) as protected(name) where row_security_active(name)`.execute(
    db,
  );
  if (rows.length === 0) return;
  const remedies = rows.map(({ name }) => `alter table ${name} ${unforced};`);
  throw new ConfigurationError(
    [
      `DATABASE_RLS: expected on, since row-level security is on for ${rows.map(({ name }) => name).join(', ')}: without it this process would see no rows there; got off.`,
      'Set DATABASE_RLS=on for every process; or, when none runs with it, disable row-level security:',
      ...remedies.map((remedy) => `  ${remedy}`),
    ].join('\n'),
  );
}

const unforced = 'no force row level security, disable row level security';
