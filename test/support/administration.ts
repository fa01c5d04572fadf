import { type Kysely, type RawBuilder, sql } from 'kysely';
import { until } from '../../packages/claimgraph/test/support/until.ts';
import type { Tables } from '../../src/data/tables.ts';
import { type Api, startApi, type TestResponse } from './api.ts';
import { demoPersonas, type Persona } from './personas.ts';
import type { TestDatabase } from './testDatabase.ts';

/** As the demo data have them. */
export const managerIds = {
  'global-admin': '20116',
  'usa-manager': '10345',
  'asia-europe-manager': '30412',
  auditor: '40777',
};

export const adminScopes = { scope: 'investments/read investments/admin' };

export const setUserClaims = `mutation ($input: SetUserClaimsInput!) {
  setUserClaims(input: $input) { user { managerId title role regions paymentLimitUsd suspended validAfter } }
}`;
export const signOutEverywhere = `mutation ($input: SignOutEverywhereInput!) {
  signOutEverywhere(input: $input) { managerId validAfter }
}`;
export const setUserSuspended = `mutation ($input: SetUserSuspendedInput!) {
  setUserSuspended(input: $input) { user { managerId suspended } }
}`;

/** Claims and the revocation list live as long as they may, so that what is seen earlier was announced or made here. */
export function startLastingApi(database?: TestDatabase): Promise<Api> {
  const claims = {
    ttlSeconds: 3600,
    negativeTtlSeconds: 3600,
    staleIfErrorSeconds: 0,
    maxEntries: 100,
    timeoutMs: 5_000,
  };
  return startApi({ claims }, database && { database });
}

/** What a request came to: the code of its first error, or `allowed`. */
export function outcomeOf({ body }: TestResponse): unknown {
  return body.errors?.[0]?.extensions?.code ?? 'allowed';
}

/** Asks again until the outcome is this one; a test in which it never is times out. */
export async function untilOutcome(expected: string, ask: () => Promise<TestResponse>): Promise<TestResponse> {
  while (true) {
    const answer = await ask();
    if (outcomeOf(answer) === expected) return answer;
  }
}

/**
 * Commits a change while the request is being answered: after it was let in, and before it reads or changes anything in a
 * transaction of its own, which waits for the other's.
 */
export async function changeMeanwhile(
  database: Pick<TestDatabase, 'db' | 'forTenant'>,
  change: RawBuilder<unknown>,
  ask: () => Promise<TestResponse>,
): Promise<TestResponse> {
  // The one that requests are answered with.
  const db = database.forTenant('main');
  const begin = db.transaction.bind(db);
  let answering: Promise<TestResponse> | undefined;
  await begin().execute(async (transaction) => {
    await change.execute(transaction);
    const begun = new Promise<void>((resolve) => {
      db.transaction = () => {
        resolve();
        return begin();
      };
    });
    answering = ask();
    await Promise.race([begun, answering]);
  });
  db.transaction = begin;
  if (!answering) throw new TypeError('expected a request that was sent');
  return answering;
}

/** The same on a PostgreSQL server, where the change is made and not committed until the request waits for it, or is answered. */
export async function changeWhileLocked(
  { db }: Pick<TestDatabase, 'db' | 'forTenant'>,
  change: RawBuilder<unknown>,
  ask: () => Promise<TestResponse>,
): Promise<TestResponse> {
  const { answering } = await db.transaction().execute(async (transaction) => {
    await change.execute(transaction);
    let isAnswered = false;
    const answering = ask().finally(() => {
      isAnswered = true;
    });
    await until(async () => isAnswered || (await countWaiting(db)) > 0);
    return { answering };
  });
  return answering;
}

/** Ends the session of a transaction on a PostgreSQL server, as an administrator does; resolves when it has ended. */
export async function endSessionOf(transaction: Kysely<Tables>, db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
  const pid = rows[0]?.pid;
  await sql`select pg_terminate_backend(${pid})`.execute(db);
  // The function waits for that itself from PostgreSQL 14 on only.
  const isThere = sql<{ pid: number }>`select pid from pg_stat_activity where pid = ${pid}`;
  await until(async () => (await isThere.execute(db)).rows.length === 0);
}

/** How many statements wait for a lock, on a PostgreSQL server. */
export async function countWaiting(db: Kysely<Tables>): Promise<number> {
  const { rows } = await sql<{ total: number }>`select count(*) as total from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
  return rows[0]?.total ?? 0;
}

export function subjectOf(name: Persona): string {
  const persona = demoPersonas[name];
  return persona.kind === 'user' ? persona.subject : persona.clientId;
}

export const nowSeconds = () => Math.floor(Date.now() / 1000);
