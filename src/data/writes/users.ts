import { BadUserInputError, ForbiddenError, NotFoundError } from 'claimgraph';
import { type Kysely, sql, type Transaction, type UpdateObject } from 'kysely';
import { quoteInput } from '../quoteInput.ts';
import type { Region, Role } from '../rows.ts';
import { isStorableText } from '../storableText.ts';
import type { Tables } from '../tables.ts';
import { type AccessRecord, type Actor, isSessionValid, ownsRecord, writeAuditEvent } from './actor.ts';

/** What is left out stays as it is; `paymentLimitUsd: null` takes the limit away. */
export interface ClaimsToSet {
  readonly regions?: readonly Region[];
  readonly role?: Role;
  readonly paymentLimitUsd?: number | null;
}

export interface ChangedUser {
  /** Everything that was changed: a person has a record for each user pool that they sign in at. */
  readonly records: readonly AccessRecord[];
  /** The one that is shown, as it is now: the first by issuer and subject. */
  readonly shown: AccessRecord;
}

interface Change {
  readonly db: Kysely<Tables>;
  readonly by: Actor;
  readonly managerId: string;
}

export function setUserClaims(change: Change, { regions, role, paymentLimitUsd }: ClaimsToSet): Promise<ChangedUser> {
  return changeUser(change, 'USER_CLAIMS_SET', async () => ({
    ...(regions !== undefined && { regions: [...regions] }),
    ...(role !== undefined && { role }),
    ...(paymentLimitUsd !== undefined && { payment_limit_usd: paymentLimitUsd }),
  }));
}

/** Rejects with BadUserInputError when somebody suspends themself: after the last admin nobody could reinstate them. */
export function setUserSuspended(change: Change, suspended: boolean): Promise<ChangedUser> {
  const { by, managerId } = change;
  return changeUser(change, suspended ? 'USER_SUSPENDED' : 'USER_REINSTATED', async (records) => {
    if (suspended && records.some((record) => ownsRecord(by, record))) {
      throw new BadUserInputError({
        field: 'input.managerId',
        expected: 'somebody else than yourself',
        got: quoteInput(managerId),
      });
    }
    return { suspended };
  });
}

export interface SignedOutUser extends ChangedUser {
  /** How long it takes, from the answer of the database, until a new sign-in is accepted: a second at most. */
  readonly acceptsInMs: number;
}

/**
 * Refuses every token of a sign-in before the next full second, by the clock of the database, which all processes share.
 * The clock of the user pool, which stamps the tokens, is taken to differ from it by TOKEN_GRACE_SECONDS at most; by as
 * much as it is ahead, a sign-in from before can still count. Who is refused until later stays so.
 */
export async function signOutUser(change: Change): Promise<SignedOutUser> {
  let acceptsInMs = 0;
  const changed = await changeUser(change, 'USER_SIGNED_OUT_EVERYWHERE', async (_records, transaction) => {
    const { rows } = await sql<{ next: Date; wait_ms: number }>`
      select next, 1000 * extract(epoch from next - now)::float8 as wait_ms
      from (
        select now, date_trunc('second', now) + interval '1 second' as next
        from (select clock_timestamp() as now) as clock
      ) as clock
    `.execute(transaction);
    const [clock] = rows;
    if (!clock) throw new RangeError('expected a row from a select without a table; got none');
    acceptsInMs = clock.wait_ms;
    return { valid_after: sql<Date>`greatest(valid_after, ${clock.next}::timestamptz)` };
  });
  return { ...changed, acceptsInMs };
}

/**
 * Checks, changes and notes it in the audit log, in one transaction. Whatever the caller's claims were when the request
 * came, what counts is their own record now: it stays locked until the change is committed, so of two admins who take
 * each other's role away, one does. Rejects with ForbiddenError or NotFoundError when nothing may be changed.
 */
async function changeUser(
  { db, by, managerId }: Change,
  action: string,
  toValues: (
    records: readonly AccessRecord[],
    transaction: Transaction<Tables>,
  ) => Promise<UpdateObject<Tables, 'access_records'>>,
): Promise<ChangedUser> {
  if (!isStorableText(managerId)) throw noUser();
  const isolated = db.transaction().setIsolationLevel('read committed');
  return isolated.execute(async (transaction) => {
    const locked = await lockRecords(transaction, by, managerId);
    const own = locked.find((record) => ownsRecord(by, record));
    if (own?.role !== 'admin' || !isSessionValid(by, own))
      throw new ForbiddenError('is an admin when the change is made');
    const before = locked.filter((record) => record.kind === 'user' && record.manager_id === managerId);
    if (before.length === 0) throw noUser();
    const records = await transaction
      .updateTable('access_records')
      .set(await toValues(before, transaction))
      .where('tenant', '=', by.tenant)
      .where('kind', '=', 'user')
      .where('manager_id', '=', managerId)
      .returningAll()
      .execute();
    const [shown] = records.sort(byName);
    if (!shown) throw noUser();
    // After the change, by which all changes of records wait for each other: so events have the order of the changes.
    await writeAuditEvent(transaction, by, { action, targetId: managerId });
    return { records, shown };
  });
}

/** In one statement and one order, so that two that lock the same records never wait for each other. */
function lockRecords(transaction: Transaction<Tables>, by: Actor, managerId: string): Promise<AccessRecord[]> {
  return transaction
    .selectFrom('access_records')
    .selectAll()
    .where('tenant', '=', by.tenant)
    .where(({ and, or, eb }) =>
      or([
        and([eb('kind', '=', by.kind), eb('issuer', '=', by.issuer), eb('subject', '=', by.subject)]),
        and([eb('kind', '=', 'user'), eb('manager_id', '=', managerId)]),
      ]),
    )
    .orderBy('kind')
    .orderBy('issuer')
    .orderBy('subject')
    .forUpdate()
    .execute();
}

function byName(a: AccessRecord, b: AccessRecord): number {
  const names = [`${a.issuer} ${a.subject}`, `${b.issuer} ${b.subject}`] as const;
  return names[0] < names[1] ? -1 : 1;
}

function noUser(): NotFoundError {
  return new NotFoundError('expected a manager id that a user has; got another');
}
