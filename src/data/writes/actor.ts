import { randomUUID } from 'node:crypto';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { AccessRecordsTable, Tables } from '../tables.ts';

export type AccessRecord = Selectable<AccessRecordsTable>;

/** Who makes a change, as their token names them. */
export interface Actor {
  /** Whatever they change is of the same one. */
  readonly tenant: string;
  readonly kind: 'user' | 'machine';
  readonly issuer: string;
  readonly subject: string;
  /** When they signed in, in seconds since the epoch. */
  readonly signedInAt: number;
}

export function ownsRecord({ kind, issuer, subject }: Actor, record: AccessRecord): boolean {
  return record.kind === kind && record.issuer === issuer && record.subject === subject;
}

/** Injective within a tenant: neither `kind` nor an issuer URL can contain a space. */
export function actorKey({ kind, issuer, subject }: Actor): string {
  return `${kind} ${issuer} ${subject}`;
}

/** Whether a token of this sign-in is still accepted, by the actor's own record. */
export function isSessionValid({ signedInAt }: Actor, { suspended, valid_after }: AccessRecord): boolean {
  return !suspended && (valid_after === null || signedInAt * 1000 >= valid_after.getTime());
}

/** Notes a change in the audit log, in the transaction that makes it. */
export async function writeAuditEvent(
  transaction: Transaction<Tables>,
  by: Actor,
  change: { readonly action: string; readonly targetId: string },
): Promise<void> {
  const event = {
    ...auditEventOf(by),
    occurred_at: sql<Date>`clock_timestamp()`,
    action: change.action,
    target_id: change.targetId,
  };
  await transaction.insertInto('audit_events').values(event).execute();
}

/** What an event says of who made the change. */
export function auditEventOf(by: Actor) {
  return { tenant: by.tenant, id: `aud_${randomUUID()}`, actor: by.subject };
}
