import { randomUUID } from 'node:crypto';
import { BadUserInputError, InternalError, NotFoundError } from 'claimgraph';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { isVisibleToStaff } from '../queries/visibleRows.ts';
import { quoteInput } from '../quoteInput.ts';
import type { CompanyRow, RowFilter, TransactionRow } from '../rows.ts';
import { isStorableText } from '../storableText.ts';
import type { CompaniesTable, Tables, TransactionsTable } from '../tables.ts';
import { toCompanyRow, toTransactionRow } from '../toRow.ts';
import { type AccessRecord, type Actor, actorKey, auditEventOf } from './actor.ts';

export interface TransactionToEnter {
  readonly companyId: string;
  readonly investorId: string;
  /** At least 1. */
  readonly amountUsd: number;
  /** Of the client's making; text that the database can hold. */
  readonly idempotencyKey: string;
}

/** What somebody may enter; what is not allowed throws the error that the client reads. */
export interface TransactionPolicy {
  readonly visible: RowFilter;
  requireCompany(company: CompanyRow): void;
  requireAmount(amountUsd: number): void;
}

interface Entry {
  readonly db: Kysely<Tables>;
  readonly by: Actor;
  /** By the business record as it is now, if there is one. */
  readonly toRights: (record: AccessRecord | undefined) => TransactionPolicy;
}

/** With its company, as it was when it was checked. */
export interface EnteredTransaction {
  readonly transaction: TransactionRow;
  readonly company: CompanyRow;
}

/**
 * Checks and enters a transaction and notes it in the audit log, all in one database transaction: record and company stay
 * as they were checked until it is committed. Under a key that the actor has used before it gives what was entered then;
 * whether one may enter as much is not asked again, for nothing is entered. Rejects with NotFoundError for an invisible
 * company and an unknown investor, and with BadUserInputError for a key that was used for something else.
 *
 * Two statements, so on PostgreSQL three round trips: what is asked, what is written, the commit.
 */
export function createTransaction(
  { db, by, toRights }: Entry,
  wanted: TransactionToEnter,
): Promise<EnteredTransaction> {
  const isolated = db.transaction().setIsolationLevel('read committed');
  return isolated.execute(async (transaction) => {
    const { record, company, entered, hasInvestor } = await fetchFacts(transaction, by, wanted);
    const rights = toRights(record);
    if (!company || !isVisibleToStaff(rights.visible, company)) {
      throw new NotFoundError('expected a company that the caller sees; got another');
    }
    rights.requireCompany(company);
    if (entered) return { company, transaction: assertSameIdempotentRequest(entered, wanted) };
    rights.requireAmount(wanted.amountUsd);
    if (!hasInvestor) throw new NotFoundError('expected an investor that there is; got another');
    const added = await insert(transaction, by, wanted);
    if (added) return { company, transaction: toTransactionRow(added) };
    const before = await enteredBefore(transaction, by, wanted).executeTakeFirst();
    return { company, transaction: assertSameIdempotentRequest(before, wanted) };
  });
}

interface Facts {
  /** Locked, as the company is. */
  readonly record: AccessRecord | undefined;
  /** Any of the tenant's. */
  readonly company: CompanyRow | undefined;
  /** What was entered under the same key before. */
  readonly entered: Entered | undefined;
  readonly hasInvestor: boolean;
}

type Entered = Pick<Selectable<TransactionsTable>, 'id' | 'company_id' | 'investor_id' | 'amount_usd' | 'created_at'>;

/** As JSON has it. */
type Json<Row> = {
  readonly [Column in keyof Row]: Row[Column] extends Date | null ? DateText<Row[Column]> : Row[Column];
};
type DateText<Value> = null extends Value ? string | null : string;

async function fetchFacts(transaction: Transaction<Tables>, by: Actor, wanted: TransactionToEnter): Promise<Facts> {
  const { tenant, kind, issuer, subject } = by;
  const { rows } = await sql<{
    readonly record: Json<AccessRecord> | null;
    readonly company: Selectable<CompaniesTable> | null;
    readonly entered: Json<Entered> | null;
    readonly has_investor: boolean;
  }>`
    with record as (
      select * from access_records
      where tenant = ${tenant} and kind = ${kind} and issuer = ${issuer} and subject = ${subject} for share
    ), company as (
      select * from companies where tenant = ${tenant} and id = ${storable(wanted.companyId)} for share
    )
    select (select to_jsonb(record) from record) as record, (select to_jsonb(company) from company) as company,
      (select to_jsonb(entered) from ${enteredBefore(transaction, by, wanted)} as entered) as entered,
      exists (select from investors where tenant = ${tenant} and id = ${storable(wanted.investorId)}) as has_investor
  `.execute(transaction);
  const [{ record, company, entered, has_investor } = nothingFound] = rows;
  return {
    record: record
      ? { ...record, valid_after: record.valid_after === null ? null : new Date(record.valid_after) }
      : undefined,
    company: company ? toCompanyRow(company) : undefined,
    entered: entered ? { ...entered, created_at: new Date(entered.created_at) } : undefined,
    hasInvestor: has_investor,
  };
}

const nothingFound = { record: null, company: null, entered: null, has_investor: false };

/** Null for what no row can hold. */
const storable = (id: string) => (isStorableText(id) ? id : null);

function enteredBefore(transaction: Transaction<Tables>, by: Actor, { idempotencyKey }: TransactionToEnter) {
  return transaction
    .selectFrom('transactions')
    .select(['id', 'company_id', 'investor_id', 'amount_usd', 'created_at'])
    .where('tenant', '=', by.tenant)
    .where('entered_by', '=', actorKey(by))
    .where('idempotency_key', '=', idempotencyKey);
}

function assertSameIdempotentRequest(
  entered: Entered | undefined,
  { companyId, investorId, amountUsd, idempotencyKey }: TransactionToEnter,
): TransactionRow {
  if (!entered) throw new InternalError('a transaction was not entered because of another with its key, which is gone');
  const isSame =
    entered.company_id === companyId && entered.investor_id === investorId && entered.amount_usd === amountUsd;
  if (isSame) return toTransactionRow(entered);
  throw new BadUserInputError({
    field: 'input.idempotencyKey',
    expected: 'a key of its own for each transaction; this one was sent with another company, investor or amount',
    got: quoteInput(idempotencyKey),
  });
}

/** With its audit event; undefined when another request with the same key was first: its transaction was waited for. */
function insert(
  transaction: Transaction<Tables>,
  by: Actor,
  { companyId, investorId, amountUsd, idempotencyKey }: TransactionToEnter,
): Promise<Entered | undefined> {
  return transaction
    .with('added', (db) =>
      db
        .insertInto('transactions')
        .values({
          tenant: by.tenant,
          id: `txn_${randomUUID()}`,
          company_id: companyId,
          investor_id: investorId,
          amount_usd: amountUsd,
          created_at: sql<Date>`clock_timestamp()`,
          entered_by: actorKey(by),
          idempotency_key: idempotencyKey,
        })
        .onConflict((conflict) => conflict.columns(['tenant', 'entered_by', 'idempotency_key']).doNothing())
        .returning(['id', 'company_id', 'investor_id', 'amount_usd', 'created_at']),
    )
    .with('noted', (db) =>
      db
        .insertInto('audit_events')
        .columns(['tenant', 'id', 'occurred_at', 'actor', 'action', 'target_id'])
        .expression(({ selectFrom }) => {
          const { tenant, id, actor } = auditEventOf(by);
          return selectFrom('added').select([
            sql<string>`${tenant}`.as('tenant'),
            sql<string>`${id}`.as('id'),
            sql<Date>`clock_timestamp()`.as('occurred_at'),
            sql<string>`${actor}`.as('actor'),
            sql<string>`'TRANSACTION_CREATED'`.as('action'),
            'added.id as target_id',
          ]);
        }),
    )
    .selectFrom('added')
    .selectAll()
    .executeTakeFirst();
}
