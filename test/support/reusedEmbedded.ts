import { Kysely, sql } from 'kysely';
import { openEmbedded } from '../../dev/embedded/openEmbedded.ts';
import type { Backend } from '../../src/data/backend.ts';

// To start PGlite takes seconds of a core, to empty it a fraction of one. Whoever closes its database leaves the emptied
// server to the next test of the process, which ends it when it ends.
const idle: Backend[] = [];

/** An empty database in memory, as `openEmbedded` opens it. */
export async function openReusedEmbedded(): Promise<Backend> {
  const backend = idle.pop() ?? (await openEmbedded({ kind: 'embedded', folder: 'memory' }));
  let closed: Promise<void> | undefined;
  const close = async () => {
    try {
      await empty(backend);
      idle.push(backend);
    } catch {
      // A server that a test has broken, on purpose, is of no use to the next one.
      await backend.close();
    }
  };
  return {
    ...backend,
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function empty(backend: Backend): Promise<void> {
  const db = new Kysely<unknown>({ dialect: backend.createDialect(60_000) });
  const run = (statement: string) => sql.raw(statement).execute(db);
  const quotedNames = async (query: string) =>
    (await sql<{ name: string }>`select quote_ident(name) as name from (${sql.raw(query)}) as found(name)`.execute(db))
      .rows;
  try {
    for (const { name } of await quotedNames(
      "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema)'",
    ))
      await run(`drop schema ${name} cascade`);
    for (const { name } of await quotedNames(
      "select rolname from pg_roles where rolname !~ '^pg_' and rolname <> current_user",
    )) {
      await run(`drop owned by ${name}`);
      await run(`drop role ${name}`);
    }
    await run('create schema public');
    await run('grant usage on schema public to public');
    await run('discard plans');
    await run('discard temporary');
  } finally {
    await db.destroy();
  }
}
