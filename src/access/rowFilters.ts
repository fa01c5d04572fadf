import { column, relation, rowFilter, rowTable, type ScopeRefs, where } from 'claimgraph';
import type { RowFilter } from '../data/rows.ts';
import { type InvestmentsClaims, toRowFilter } from './claims.ts';
import { toTenant } from './tenant.ts';

// WHICH ROWS A CALLER SEES, said once: the statements of data/queries, the policies of row-level security and what rules say
// of a row are made of these conditions. Within a tenant: the token's alone, which each of them is limited to besides.

const { and, eq, in: isIn, or, some } = where;

const companies = rowTable('companies', { id: column.text('id'), region: column.text('region') });
const transactions = rowTable('transactions', { id: column.text('id'), investorId: column.text('investor_id') });
const investors = rowTable('investors', { id: column.text('id') });
const auditEvents = rowTable('audit_events', { id: column.text('id') });

const companyOfTransaction = relation('company', { table: companies, from: 'company_id', to: 'id' });
const transactionsOfInvestor = relation('transactions', { table: transactions, from: 'id', to: 'investor_id' });
// A function, for the policy of transactions asks for companies in turn.
const transactionsOfCompany = relation('transactions', {
  table: transactions,
  from: 'id',
  to: 'company_id',
  policyFunction: 'companies_of_investor',
});

type Scope = ScopeRefs<RowFilter>;

const scope = (claims: InvestmentsClaims, caller: Parameters<typeof toTenant>[0]) =>
  toRowFilter(claims, toTenant(caller));

const isOwnTransaction = ({ investorId }: typeof transactions.columns, of: Scope) =>
  and(eq(of.rows, 'ofInvestor'), eq(investorId, of.investorId));

const isVisibleTransaction = (transaction: typeof transactions.columns, of: Scope) =>
  or(
    eq(of.rows, 'all'),
    and(
      eq(of.rows, 'ofRegions'),
      some(companyOfTransaction, ({ region }) => isIn(region, of.regions)),
    ),
    isOwnTransaction(transaction, of),
  );

export const visibleCompanies = rowFilter('the companies that their business record allows', {
  table: companies,
  scope,
  where: ({ region }, of) =>
    or(
      eq(of.rows, 'all'),
      and(eq(of.rows, 'ofRegions'), isIn(region, of.regions)),
      and(
        eq(of.rows, 'ofInvestor'),
        some(transactionsOfCompany, ({ investorId }) => eq(investorId, of.investorId)),
      ),
    ),
});

export const visibleTransactions = rowFilter('the transactions that their business record allows', {
  table: transactions,
  scope,
  where: isVisibleTransaction,
});

export const visibleInvestors = rowFilter('the investors of visible transactions', {
  table: investors,
  scope,
  where: (_investor, of) => some(transactionsOfInvestor, (transaction) => isVisibleTransaction(transaction, of)),
});

/** They tell of every row, so only who sees every row sees them. */
export const visibleAuditEvents = rowFilter('the audit log of their tenant', {
  table: auditEvents,
  scope,
  where: (_event, of) => eq(of.rows, 'all'),
});

export const rowFilters = [visibleCompanies, visibleTransactions, visibleInvestors, visibleAuditEvents];
