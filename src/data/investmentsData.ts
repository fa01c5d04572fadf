import type {
  AuditEventRow,
  CompanyFilter,
  CompanyOrder,
  CompanyRow,
  InvestorRow,
  Page,
  PageRequest,
  RegionSummaryRow,
  TransactionRow,
} from './rows.ts';

/**
 * Everything the resolvers may ask of the data, for one request and one row filter. A row outside the filter does not
 * exist: not by id, not in a page, a count or a sum, and a cursor that points to it is as useless as one never issued.
 * Lookups by id and everything below a parent are batched, so a nested query costs a fixed number of statements.
 * Bad arguments reject with BadUserInputError.
 */
export interface InvestmentsData {
  companiesPage(request: PageRequest, filter: CompanyFilter, order: CompanyOrder): Promise<Page<CompanyRow>>;
  countCompanies(filter: CompanyFilter): Promise<number>;
  company(id: string): Promise<CompanyRow | null>;
  /** A company that the filter shows, which has just been read: `company` gives it without asking. */
  rememberCompany(company: CompanyRow): void;
  transaction(id: string): Promise<TransactionRow | null>;
  investor(id: string): Promise<InvestorRow | null>;
  search(text: string): Promise<readonly (CompanyRow | InvestorRow)[]>;
  regionSummary(): Promise<readonly RegionSummaryRow[]>;
  companyTransactionsPage(companyId: string, request: PageRequest): Promise<Page<TransactionRow>>;
  countCompanyTransactions(companyId: string): Promise<number>;
  investorTransactionsPage(investorId: string, request: PageRequest): Promise<Page<TransactionRow>>;
  countInvestorTransactions(investorId: string): Promise<number>;
  totalInvestedUsd(investorId: string): Promise<number>;
  auditEventsPage(request: PageRequest): Promise<Page<AuditEventRow>>;
  countAuditEvents(): Promise<number>;
}
