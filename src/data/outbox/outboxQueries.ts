import { type Kysely, sql } from 'kysely';
import { isStorableText } from '../storableText.ts';
import type { Tables } from '../tables.ts';

/** Whose events are followed. */
export interface OutboxKey {
  readonly tenant: string;
  readonly companyId: string;
}

/** A transaction was added to a company; its number is the company's, without gaps. */
export interface OutboxEvent extends OutboxKey {
  readonly position: number;
  readonly transactionId: string;
}

/** The number of a company's last event; 0 when there is none. */
export async function fetchLastPosition(db: Kysely<Tables>, { tenant, companyId }: OutboxKey): Promise<number> {
  const row = await db
    .selectFrom('outbox_positions')
    .select('last_position')
    .where('tenant', '=', tenant)
    .where('company_id', '=', companyId)
    .executeTakeFirst();
  return row?.last_position ?? 0;
}

/** The number of the event that a transaction is; undefined when it is none of this company. */
export async function fetchPositionOf(
  db: Kysely<Tables>,
  { tenant, companyId }: OutboxKey,
  transactionId: string,
): Promise<number | undefined> {
  if (!isStorableText(transactionId)) return undefined;
  const row = await db
    .selectFrom('outbox_events')
    .select('position')
    .where('tenant', '=', tenant)
    .where('company_id', '=', companyId)
    .where('transaction_id', '=', transactionId)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.position;
}

/** The next events of one company, in their order. */
export async function fetchEventsAfter(
  db: Kysely<Tables>,
  { tenant, companyId }: OutboxKey,
  position: number,
  limit: number,
): Promise<readonly OutboxEvent[]> {
  const rows = await db
    .selectFrom('outbox_events')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('company_id', '=', companyId)
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(toEvent);
}

/** The next events of many companies, each after a number of its own, in one statement. */
export async function fetchEventsOfMany(
  db: Kysely<Tables>,
  followed: readonly (OutboxKey & { readonly position: number })[],
  limit: number,
): Promise<readonly OutboxEvent[]> {
  const list = JSON.stringify(followed.map(({ tenant, companyId, position }) => [tenant, companyId, position]));
  const { rows } = await sql<EventRow>`
    select events.tenant, events.company_id, events.position, events.transaction_id
    from json_array_elements(${list}::json) as followed
    cross join lateral (
      select * from outbox_events
      where tenant = (followed->>0) collate "C" and company_id = (followed->>1) collate "C"
        and position > (followed->>2)::bigint
      order by position limit ${sql.lit(limit)}
    ) as events
    order by events.tenant, events.company_id, events.position`.execute(db);
  return rows.map(toEvent);
}

interface EventRow {
  readonly tenant: string;
  readonly company_id: string;
  readonly position: number;
  readonly transaction_id: string;
}

function toEvent({ tenant, company_id, position, transaction_id }: EventRow): OutboxEvent {
  return { tenant, companyId: company_id, position, transactionId: transaction_id };
}
