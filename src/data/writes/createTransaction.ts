import { randomUUID } from 'node:crypto';
import { BadUserInputError, InternalError, NotFoundError } from 'claimgraph';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { createVisibleRows } from '../queries/visibleRows.ts';
import { quoteInput } from '../quoteInput.ts';
import type { CompanyRow, RowFilter, TransactionRow } from '../rows.ts';
import { isStorableText } from '../storableText.ts';
import type { Tables, TransactionsTable } from '../tables.ts';
import { toCompanyRow, toTransactionRow } from '../toRow.ts';
import { type AccessRecord, type Actor, actorKey, writeAuditEvent } from './actor.ts';

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

/**
 * Checks and enters a transaction and notes it in the audit log, all in one database transaction: record and company stay
 * as they were checked until it is committed. Under a key that the actor has used before it gives what was entered then;
 * whether one may enter as much is not asked again, for nothing is entered. Rejects with NotFoundError for an invisible
 * company and an unknown investor, and with BadUserInputError for a key that was used for something else.
 */
export function createTransaction({ db, by, toRights }: Entry, wanted: TransactionToEnter): Promise<TransactionRow> {
  const isolated = db.transaction().setIsolationLevel('read committed');
  return isolated.execute(async (transaction) => {
    const rights = toRights(await lockOwnRecord(transaction, by));
    const company = await lockCompany(transaction, rights.visible, wanted.companyId);
    if (!company) throw new NotFoundError('expected a company that the caller sees; got another');
    rights.requireCompany(company);
    const entered = await findEntered(transaction, by, wanted);
    if (entered) return assertSameIdempotentRequest(entered, wanted);
    rights.requireAmount(wanted.amountUsd);
    await requireInvestor(transaction, by, wanted.investorId);
    const added = await insert(transaction, by, wanted);
    if (!added) return assertSameIdempotentRequest(await findEntered(transaction, by, wanted), wanted);
    await writeAuditEvent(transaction, by, { action: 'TRANSACTION_CREATED', targetId: added.id });
    return toTransactionRow(added);
  });
}

function lockOwnRecord(
  transaction: Transaction<Tables>,
  { tenant, kind, issuer, subject }: Actor,
): Promise<AccessRecord | undefined> {
  return transaction
    .selectFrom('access_records')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('kind', '=', kind)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .forShare()
    .executeTakeFirst();
}

async function lockCompany(
  transaction: Transaction<Tables>,
  visible: RowFilter,
  id: string,
): Promise<CompanyRow | undefined> {
  if (!isStorableText(id)) return undefined;
  const companies = createVisibleRows(transaction, visible).companies().selectAll('companies');
  const row = await companies.where('companies.id', '=', id).forShare().executeTakeFirst();
  return row && toCompanyRow(row);
}

function findEntered(
  transaction: Transaction<Tables>,
  by: Actor,
  { idempotencyKey }: TransactionToEnter,
): Promise<Selectable<TransactionsTable> | undefined> {
  return transaction
    .selectFrom('transactions')
    .selectAll()
    .where('tenant', '=', by.tenant)
    .where('entered_by', '=', actorKey(by))
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();
}

function assertSameIdempotentRequest(
  entered: Selectable<TransactionsTable> | undefined,
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

async function requireInvestor(transaction: Transaction<Tables>, { tenant }: Actor, id: string): Promise<void> {
  const all = transaction.selectFrom('investors').select('id').where('tenant', '=', tenant);
  const row = isStorableText(id) ? await all.where('id', '=', id).executeTakeFirst() : undefined;
  if (!row) throw new NotFoundError('expected an investor that there is; got another');
}

/** Undefined when another request with the same key was first: its transaction was waited for. */
function insert(
  transaction: Transaction<Tables>,
  by: Actor,
  { companyId, investorId, amountUsd, idempotencyKey }: TransactionToEnter,
): Promise<Selectable<TransactionsTable> | undefined> {
  return transaction
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
    .returningAll()
    .executeTakeFirst();
}
