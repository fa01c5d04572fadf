import {
  BadUserInputError,
  ForbiddenError,
  LimitExceededError,
  type Principal,
  refuseOldSignIn,
  toSubjectKey,
} from 'claimgraph';
import { toActor } from '../access/actor.ts';
import { entersTransactions, type InvestmentsClaims, managesCompany, toRowFilter } from '../access/claims.ts';
import { parseInvestmentsClaims } from '../access/claimsSource.ts';
import type { OpenDatabase } from '../data/openDatabase.ts';
import { lengthOf, quoteInput } from '../data/quoteInput.ts';
import type { CompanyRow, TransactionRow } from '../data/rows.ts';
import { isStorableText } from '../data/storableText.ts';
import { type AccessRecord, type Actor, isSessionValid } from '../data/writes/actor.ts';
import {
  createTransaction,
  type TransactionPolicy,
  type TransactionToEnter,
} from '../data/writes/createTransaction.ts';
import type { CreateTransactionInput } from '../generated/schemaTypes.ts';

/** What is entered into companies. */
export interface Transactions {
  /**
   * The transaction that was entered, now or when its key was first sent. What counts is the caller's business record at
   * this moment. Rejects, in this order: BadUserInputError for what cannot be entered; ForbiddenError for who enters none
   * any more; NotFoundError for an invisible company; ForbiddenError for somebody else's; LimitExceededError above the
   * payment limit; InsufficientUserAuthenticationError above 100000 USD when the sign-in is older than 300 s; and
   * NotFoundError for an unknown investor.
   */
  create(input: CreateTransactionInput): Promise<TransactionRow>;
}

export interface TransactionsDependencies {
  readonly database: Pick<OpenDatabase, 'forTenant'>;
  readonly caller: Principal;
  /** Called when something may have been entered, with the company as it was then if it was. */
  readonly onEntered: (company: CompanyRow | undefined) => void;
}

const recentSignInAboveUsd = 100_000;
const recentSignInSeconds = 300;
const maxKeyLength = 255;

export function createTransactions({ database, caller, onEntered }: TransactionsDependencies): Transactions {
  const by = toActor(caller);
  const db = database.forTenant(by.tenant);
  const toRights = (record: AccessRecord | undefined) => toEntryRights(caller, by, record);
  return {
    async create(input) {
      const wanted = parseTransactionToEnter(input);
      let company: CompanyRow | undefined;
      try {
        const entered = await createTransaction({ db, by, toRights }, wanted);
        company = entered.company;
        return entered.transaction;
      } finally {
        onEntered(company);
      }
    },
  };
}

function parseTransactionToEnter(input: CreateTransactionInput): TransactionToEnter {
  const { amountUsd, idempotencyKey } = input;
  if (amountUsd < 1) {
    throw new BadUserInputError({ field: 'input.amountUsd', expected: 'whole US dollars, at least 1', got: '0' });
  }
  if (idempotencyKey === '' || lengthOf(idempotencyKey) > maxKeyLength || !isStorableText(idempotencyKey)) {
    throw new BadUserInputError({
      field: 'input.idempotencyKey',
      expected: `1 to ${maxKeyLength} characters of Unicode, without NUL`,
      got: JSON.stringify(quoteInput(idempotencyKey)),
    });
  }
  return input;
}

function toEntryRights(caller: Principal, by: Actor, record: AccessRecord | undefined): TransactionPolicy {
  const claims =
    record && isSessionValid(by, record) ? parseInvestmentsClaims(toSubjectKey(record), record) : undefined;
  if (!claims || !entersTransactions(claims)) throw new ForbiddenError('enters transactions when one is entered');
  return {
    visible: toRowFilter(claims, by.tenant),
    requireCompany(company) {
      if (claims.role === 'admin' || managesCompany(claims, company)) return;
      throw new ForbiddenError("is an admin or the company's own manager");
    },
    requireAmount(amountUsd) {
      requireWithinLimit(claims, amountUsd);
      if (amountUsd <= recentSignInAboveUsd) return;
      const nowSeconds = Math.floor(Date.now() / 1000);
      const refusal = refuseOldSignIn(caller, { maxAgeSeconds: recentSignInSeconds, nowSeconds });
      if (refusal) throw refusal;
    },
  };
}

function requireWithinLimit({ paymentLimitUsd: limit = 0 }: InvestmentsClaims, amountUsd: number): void {
  if (amountUsd > limit) throw new LimitExceededError(`expected at most ${limit} US dollars; got more`, limit);
}
