import {
  allOf,
  anyOf,
  exposes,
  fresh,
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

// THE ACCESS MATRIX: the one file to audit. One rule is one sentence; a field without a rule does not compile, and the
// process does not start with one. Which *rows* a caller sees is said by `toRowFilter` in claims.ts and enforced in SQL.

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

const seesVisibleRows = allOf(canRead, needsClaims('sees the rows that their business record allows'));
const seesOwnRecord = allOf(canRead, needsClaims('sees their own business record'));
const readsConfidentialNotes = allOf(canRead, anyOf(isAdminOrAuditor, managesTheCompany));
const readsPersonalData = anyOf(allOf(canReadPersonalData, isAdminOrAuditor), isTheInvestor);
const readsAuditLog = allOf(canRead, isAdminOrAuditor);
// What changes something is asked in this order, as graphql-shield's chain has it: the token, then today's record.
const entersTransactionsToday = chain(canRead, canPay, isAdminOrManagerToday);
const changesUsers = chain(canRead, canAdminister, isAdminToday);

export const permissions: PermissionTree = {
  Query: {
    health: publicField('says only that the API answers'),
    viewer: canRead,
    // Ordering by a value tells who has more of it.
    companies: exposes(seesVisibleRows, { 'orderBy.field=INTERNAL_RATING': 'Company.internalRating' }),
    company: seesVisibleRows,
    node: seesVisibleRows,
    nodes: seesVisibleRows,
    search: seesVisibleRows,
    investor: seesVisibleRows,
    regionSummary: seesVisibleRows,
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
  Subscription: { transactionAdded: seesVisibleRows, viewerChanged: canRead },
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
    can: seesVisibleRows,
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
    transactions: seesVisibleRows,
  },
  CompanyConnection: { edges: canRead, nodes: canRead, pageInfo: canRead, totalCount: seesVisibleRows },
  CompanyEdge: { cursor: canRead, node: canRead },

  Transaction: {
    id: canRead,
    company: seesVisibleRows,
    investor: seesVisibleRows,
    amountUsd: canRead,
    createdAt: canRead,
  },
  TransactionConnection: { edges: canRead, nodes: canRead, pageInfo: canRead, totalCount: seesVisibleRows },
  TransactionEdge: { cursor: canRead, node: canRead },

  Investor: {
    id: canRead,
    email: allOf(canRead, readsPersonalData),
    taxId: allOf(canRead, masked(readsPersonalData, showLastFourDigits)),
    totalInvestedUsd: seesVisibleRows,
    transactions: seesVisibleRows,
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
