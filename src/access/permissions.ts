import {
  allOf,
  anyOf,
  exposes,
  fresh,
  limitedBy,
  masked,
  needsClaims,
  publicField,
  requireClaims,
  requireRow,
  requireScope,
} from 'claimgraph';
import { chain } from 'claimgraph/shield';
import type { CompanyRow, InvestorRow } from '../data/rows.ts';
import type { PermissionTree } from '../generated/permissionTree.ts';
import { entersTransactions, type InvestmentsClaims, managesCompany } from './claims.ts';
import { visibleAuditEvents, visibleCompanies, visibleInvestors, visibleTransactions } from './rowFilters.ts';

// THE ACCESS MATRIX: the one file to audit. One rule is one sentence; a field without a rule does not compile, and the
// process does not start with one. Which *rows* a caller sees is said in rowFilters.ts, and
// enforced in SQL: a field names the filters that its resolver applies.

const canRead = requireScope('investments/read');
const canPay = requireScope('investments/pay');
const canAdminister = requireScope('investments/admin');
const canReadPersonalData = requireScope('investments/pii');

const isAdminToday = fresh(requireClaims('is an admin', ({ role }: InvestmentsClaims) => role === 'admin'));
const isAdminOrManagerToday = fresh(requireClaims('is an admin or a manager', entersTransactions));
const isAdminOrAuditor = requireClaims(
  'is an admin or an auditor',
  ({ role }: InvestmentsClaims) => role === 'admin' || role === 'auditor',
);
const managesTheCompany = requireRow("is the company's own manager", (company: CompanyRow, claims: InvestmentsClaims) =>
  managesCompany(claims, company),
);
const isTheInvestor = requireRow(
  'is the investor',
  (investor: InvestorRow, { role, investorId }: InvestmentsClaims) => role === 'investor' && investorId === investor.id,
);

const seesCompanies = allOf(canRead, limitedBy(visibleCompanies));
const seesTransactions = allOf(canRead, limitedBy(visibleTransactions));
const seesInvestors = allOf(canRead, limitedBy(visibleInvestors));
const seesNodes = allOf(canRead, limitedBy(visibleCompanies, visibleTransactions, visibleInvestors));
const seesOwnRecord = allOf(canRead, needsClaims('sees their own business record'));
const readsConfidentialNotes = allOf(canRead, anyOf(isAdminOrAuditor, managesTheCompany));
const readsPersonalData = anyOf(allOf(canReadPersonalData, isAdminOrAuditor), isTheInvestor);
const readsAuditLog = allOf(canRead, isAdminOrAuditor, limitedBy(visibleAuditEvents));
// What changes something is asked in this order, as graphql-shield's chain has it: the token, then today's record.
const entersTransactionsToday = chain(canRead, canPay, isAdminOrManagerToday);
const changesUsers = chain(canRead, canAdminister, isAdminToday);

export const permissions: PermissionTree = {
  Query: {
    health: publicField('says only that the API answers'),
    viewer: canRead,
    // Ordering by a value tells who has more of it.
    companies: exposes(seesCompanies, { 'orderBy.field=INTERNAL_RATING': 'Company.internalRating' }),
    company: seesCompanies,
    node: seesNodes,
    nodes: seesNodes,
    search: seesNodes,
    investor: seesInvestors,
    regionSummary: seesNodes,
    auditLog: readsAuditLog,
  },

  // Whoever changes something is held against their own record once more, when it is done: see data/users.ts, and
  // transactions.ts for what else is asked of a transaction: the company, the payment limit, a recent sign-in.
  Mutation: {
    createTransaction: entersTransactionsToday,
    setUserClaims: changesUsers,
    signOutEverywhere: changesUsers,
    setUserSuspended: changesUsers,
  },
  // Which transactions of a company are heard is said by the rows, as in a query, for each event anew.
  Subscription: { transactionAdded: allOf(seesCompanies, seesTransactions), viewerChanged: canRead },
  CreateTransactionPayload: { transaction: entersTransactionsToday },
  SetUserClaimsPayload: { user: changesUsers },
  SignOutEverywherePayload: { managerId: changesUsers, validAfter: changesUsers },
  SetUserSuspendedPayload: { user: changesUsers },
  UserClaims: {
    managerId: changesUsers,
    title: changesUsers,
    role: changesUsers,
    regions: changesUsers,
    paymentLimitUsd: changesUsers,
    suspended: changesUsers,
    validAfter: changesUsers,
  },

  Viewer: {
    subject: canRead,
    clientId: canRead,
    scopes: canRead,
    impliedScopes: canRead,
    title: seesOwnRecord,
    role: seesOwnRecord,
    regions: seesOwnRecord,
    paymentLimitUsd: seesOwnRecord,
    claimsAsOf: seesOwnRecord,
    can: seesNodes,
  },
  FieldPermission: {
    field: canRead,
    allowed: canRead,
    code: canRead,
    requiredScopes: canRead,
    perRow: canRead,
    perArguments: canRead,
    masked: canRead,
  },

  Company: {
    id: canRead,
    name: canRead,
    region: canRead,
    managerId: canRead,
    targetUsd: canRead,
    internalRating: readsConfidentialNotes,
    boardNotes: readsConfidentialNotes,
    transactions: seesTransactions,
  },
  CompanyConnection: { edges: canRead, nodes: canRead, pageInfo: canRead, totalCount: seesCompanies },
  CompanyEdge: { cursor: canRead, node: canRead },

  Transaction: {
    id: canRead,
    company: seesCompanies,
    investor: seesInvestors,
    amountUsd: canRead,
    createdAt: canRead,
  },
  TransactionConnection: { edges: canRead, nodes: canRead, pageInfo: canRead, totalCount: seesTransactions },
  TransactionEdge: { cursor: canRead, node: canRead },

  Investor: {
    id: canRead,
    email: allOf(canRead, readsPersonalData),
    taxId: allOf(canRead, masked(readsPersonalData, showLastFourDigits)),
    totalInvestedUsd: seesTransactions,
    transactions: seesTransactions,
  },

  RegionSummary: { region: canRead, companyCount: canRead, amountUsd: canRead },

  AuditEvent: {
    id: readsAuditLog,
    occurredAt: readsAuditLog,
    actor: readsAuditLog,
    action: readsAuditLog,
    targetId: readsAuditLog,
  },
  AuditEventConnection: {
    edges: readsAuditLog,
    nodes: readsAuditLog,
    pageInfo: readsAuditLog,
    totalCount: readsAuditLog,
  },
  AuditEventEdge: { cursor: readsAuditLog, node: readsAuditLog },

  PageInfo: { hasNextPage: canRead, hasPreviousPage: canRead, startCursor: canRead, endCursor: canRead },
};

/** `99-90-1234` → `**-**-1234`. */
function showLastFourDigits(taxId: string): string {
  return `**-**-${taxId.slice(-4)}`;
}
