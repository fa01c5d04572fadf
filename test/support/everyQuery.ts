import { type Insertable, type Kysely, sql } from 'kysely';
import { BadUserInputError } from '../../packages/claimgraph/src/errors.ts';
import type { InvestmentsData } from '../../src/data/investmentsData.ts';
import { type ConnectionKind, toCursor } from '../../src/data/queries/cursor.ts';
import type { CompanyOrder } from '../../src/data/rows.ts';
import type {
  AuditEventsTable,
  CompaniesTable,
  InvestorsTable,
  Tables,
  TransactionsTable,
} from '../../src/data/tables.ts';

/** Rows of any tenants. */
export interface World {
  readonly companies: readonly Insertable<CompaniesTable>[];
  readonly investors: readonly Insertable<InvestorsTable>[];
  readonly transactions: readonly Insertable<TransactionsTable>[];
  readonly auditEvents: readonly Insertable<AuditEventsTable>[];
}

/** In place of what was there; as who works for no caller, so that row-level security is not in the way. */
export async function fillWorld(db: Kysely<Tables>, world: World): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`select set_config('claimgraph.maintenance', 'on', true)`.execute(transaction);
    for (const table of ['transactions', 'companies', 'investors', 'audit_events'] as const) {
      await transaction.deleteFrom(table).execute();
    }
    const { companies, investors, transactions, auditEvents } = world;
    if (companies.length > 0) await transaction.insertInto('companies').values(companies).execute();
    if (investors.length > 0) await transaction.insertInto('investors').values(investors).execute();
    if (transactions.length > 0) await transaction.insertInto('transactions').values(transactions).execute();
    if (auditEvents.length > 0) await transaction.insertInto('audit_events').values(auditEvents).execute();
  });
}

const everything = { first: 100, after: undefined };
const noFilter = { region: undefined, nameContains: undefined };
const byName: CompanyOrder = { field: 'NAME', direction: 'ASC' };

/**
 * What every query of the data layer says about a world: each row of it by its id and as a cursor, each page, count, sum
 * and search. An error is part of what it says.
 */
export async function askEverything(data: InvestmentsData, world: World): Promise<Readonly<Record<string, unknown>>> {
  const companyIds = idsOf(world.companies);
  const investorIds = idsOf(world.investors);
  const transactionIds = idsOf(world.transactions);
  const after = (kind: ConnectionKind, ids: readonly string[]) =>
    ids.map((id) => ({ first: 1, after: toCursor(kind, id) }));
  const answers: Readonly<Record<string, () => readonly Promise<unknown>[]>> = {
    companiesPage: () =>
      (['NAME', 'REGION', 'TARGET_USD', 'INTERNAL_RATING'] as const).map((field) =>
        data.companiesPage(everything, noFilter, { field, direction: 'DESC' }),
      ),
    companiesPageFrom: () =>
      after('companies', companyIds).map((request) => data.companiesPage(request, noFilter, byName)),
    companiesCounted: () =>
      [everything, { first: 0, after: undefined }, { first: 1, after: undefined }].map((request) =>
        data.companiesPage({ ...request, isCounted: true }, { ...noFilter, nameContains: 'a' }, byName),
      ),
    companiesFiltered: () => [
      data.companiesPage(everything, { region: 'USA', nameContains: undefined }, byName),
      data.companiesPage(everything, { region: undefined, nameContains: 'a' }, byName),
    ],
    countCompanies: () => [data.countCompanies(noFilter), data.countCompanies({ ...noFilter, nameContains: 'a' })],
    company: () => companyIds.map((id) => data.company(id)),
    transaction: () => transactionIds.map((id) => data.transaction(id)),
    investor: () => investorIds.map((id) => data.investor(id)),
    search: () => [data.search('a'), data.search('inv')],
    regionSummary: () => [data.regionSummary()],
    companyTransactionsPage: () => companyIds.map((id) => data.companyTransactionsPage(id, everything)),
    companyTransactionsPageFrom: () =>
      companyIds.flatMap((id) =>
        after('companyTransactions', transactionIds).map((request) => data.companyTransactionsPage(id, request)),
      ),
    companyTransactionsCounted: () => [
      ...companyIds.map((id) => data.companyTransactionsPage(id, { first: 0, after: undefined, isCounted: true })),
      ...after('companyTransactions', transactionIds).map((request) =>
        data.companyTransactionsPage(companyIds[0] ?? '', { ...request, isCounted: true }),
      ),
    ],
    countCompanyTransactions: () => companyIds.map((id) => data.countCompanyTransactions(id)),
    investorTransactionsPage: () => investorIds.map((id) => data.investorTransactionsPage(id, everything)),
    investorTransactionsPageFrom: () =>
      investorIds.flatMap((id) =>
        after('investorTransactions', transactionIds).map((request) => data.investorTransactionsPage(id, request)),
      ),
    countInvestorTransactions: () => investorIds.map((id) => data.countInvestorTransactions(id)),
    totalInvestedUsd: () => investorIds.map((id) => data.totalInvestedUsd(id)),
    auditEventsPage: () => [data.auditEventsPage(everything)],
    auditEventsPageFrom: () =>
      after('auditEvents', idsOf(world.auditEvents)).map((request) => data.auditEventsPage(request)),
    countAuditEvents: () => [data.countAuditEvents()],
  } satisfies Record<Exclude<keyof InvestmentsData, 'rememberCompany'>, unknown> & Record<string, unknown>;
  const told: Record<string, unknown> = {};
  for (const [query, ask] of Object.entries(answers)) told[query] = await Promise.all(ask().map(orError));
  return told;
}

function idsOf(rows: readonly { readonly id: string }[]): readonly string[] {
  return [...new Set(rows.map(({ id }) => id))].sort();
}

function orError(answer: Promise<unknown>): Promise<unknown> {
  return answer.catch((error: unknown) => {
    if (error instanceof BadUserInputError) return error.message;
    // 21000: the one row of an id is two, which happens only where the tenant is forgotten. Anything else is a fault.
    if (error instanceof Error && Reflect.get(error, 'code') === '21000') return error.message;
    throw error;
  });
}
