import type { Kysely } from 'kysely';
import type { InvestmentsData } from './investmentsData.ts';
import { countAuditEvents, fetchAuditEventsPage } from './queries/auditEvents.ts';
import { countCompanies, fetchCompaniesPage } from './queries/companies.ts';
import { fetchRegionSummary } from './queries/regionSummary.ts';
import {
  createCompanyById,
  createInvestorById,
  createTotalInvestedUsd,
  createTransactionById,
  createTransactionCount,
} from './queries/rowsById.ts';
import { search } from './queries/search.ts';
import { createTransactionsPages } from './queries/transactionsPages.ts';
import { createVisibleRows, type VisibleRows } from './queries/visibleRows.ts';
import type { RowFilter } from './rows.ts';
import type { Tables } from './tables.ts';

/** The data of one request: what it has loaded is remembered, so make one for each request and each row filter. */
export function createInvestmentsData(db: Kysely<Tables>, rowFilter: RowFilter): InvestmentsData {
  return createDataOf(createVisibleRows(db, rowFilter));
}

/** The data among these rows, and no others. */
export function createDataOf(visible: VisibleRows): InvestmentsData {
  const companyById = createCompanyById(visible);
  return {
    companiesPage: (request, filter, order) => fetchCompaniesPage(visible, request, filter, order),
    countCompanies: (filter) => countCompanies(visible, filter),
    company: companyById.load,
    rememberCompany: companyById.remember,
    transaction: createTransactionById(visible),
    investor: createInvestorById(visible),
    search: (text) => search(visible, text),
    regionSummary: () => fetchRegionSummary(visible),
    companyTransactionsPage: createTransactionsPages(visible, 'companyTransactions'),
    countCompanyTransactions: createTransactionCount(visible, 'company_id'),
    investorTransactionsPage: createTransactionsPages(visible, 'investorTransactions'),
    countInvestorTransactions: createTransactionCount(visible, 'investor_id'),
    totalInvestedUsd: createTotalInvestedUsd(visible),
    auditEventsPage: (request) => fetchAuditEventsPage(visible, request),
    countAuditEvents: () => countAuditEvents(visible),
  };
}
