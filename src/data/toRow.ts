import type { Selectable } from 'kysely';
import type { AuditEventRow, CompanyRow, InvestorRow, TransactionRow } from './rows.ts';
import type { AuditEventsTable, CompaniesTable, InvestorsTable, TransactionsTable } from './tables.ts';

export function toCompanyRow(row: Selectable<CompaniesTable>): CompanyRow {
  return {
    __typename: 'Company',
    id: row.id,
    name: row.name,
    region: row.region,
    managerId: row.manager_id,
    targetUsd: row.target_usd,
    internalRating: row.internal_rating,
    boardNotes: row.board_notes,
  };
}

type TransactionColumns = 'id' | 'company_id' | 'investor_id' | 'amount_usd' | 'created_at';

export function toTransactionRow(row: Pick<Selectable<TransactionsTable>, TransactionColumns>): TransactionRow {
  return {
    __typename: 'Transaction',
    id: row.id,
    companyId: row.company_id,
    investorId: row.investor_id,
    amountUsd: row.amount_usd,
    createdAt: row.created_at,
  };
}

export function toInvestorRow(row: Selectable<InvestorsTable>): InvestorRow {
  return { __typename: 'Investor', id: row.id, email: row.email, taxId: row.tax_id };
}

export function toAuditEventRow(row: Selectable<AuditEventsTable>): AuditEventRow {
  return {
    id: row.id,
    occurredAt: row.occurred_at,
    actor: row.actor,
    action: row.action,
    targetId: row.target_id,
  };
}
