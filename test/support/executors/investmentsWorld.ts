import { readTypeDefs } from '../../../packages/claimgraph/src/compile/readTypeDefs.ts';
import { createGuardedSchema } from '../../../packages/claimgraph/src/guard/guardedSchema.ts';
import type { TestWorld } from '../../../packages/claimgraph/test/support/executors/compareExecutors.ts';
import type { Words } from '../../../packages/claimgraph/test/support/executors/randomDocument.ts';
import type { Roughness } from '../../../packages/claimgraph/test/support/executors/roughValues.ts';
import { permissions } from '../../../src/access/permissions.ts';
import type { InvestmentsData } from '../../../src/data/investmentsData.ts';
import type {
  AuditEventRow,
  CompanyRow,
  InvestorRow,
  Page,
  PageRequest,
  TransactionRow,
} from '../../../src/data/rows.ts';
import { resolvers } from '../../../src/resolvers/index.ts';

export const investmentsWords: Words = {
  ids: ['com_1', 'com_2', 'txn_1', 'inv_1', 'inv_2', 'none'],
  strings: ['', 'a', 'USA'],
};

/** The resolvers and the access matrix of the domain, on rows in memory. */
export function createInvestmentsWorld(roughness: Roughness, restart: () => void): TestWorld {
  let called: string[] = [];
  const data = createData((name) => called.push(name), roughness);
  const guarded = createGuardedSchema({
    typeDefs: readTypeDefs(new URL('../../../schema/', import.meta.url)),
    resolvers,
    permissions,
  });
  const takeCalled = () => {
    const taken = called;
    called = [];
    return taken;
  };
  return {
    guarded,
    start() {
      takeCalled();
      restart();
    },
    takeCalled,
    toContext: (authorization) => ({ authorization, requestId: 'request', data: () => data }),
  };
}

const companies: readonly CompanyRow[] = ['com_1', 'com_2'].map((id, index) => ({
  __typename: 'Company',
  id,
  name: `Company ${id}`,
  region: index === 0 ? 'USA' : 'ASIA',
  managerId: `man_${index}`,
  targetUsd: 1_000_000,
  internalRating: 'A',
  boardNotes: 'notes',
}));
const investors: readonly InvestorRow[] = ['inv_1', 'inv_2'].map((id) => ({
  __typename: 'Investor',
  id,
  email: `${id}@example.test`,
  taxId: '99-90-1234',
}));
const transactions: readonly TransactionRow[] = [
  {
    __typename: 'Transaction',
    id: 'txn_1',
    companyId: 'com_1',
    investorId: 'inv_1',
    amountUsd: 500,
    createdAt: new Date('2026-01-31T09:00:00Z'),
  },
];
const events: readonly AuditEventRow[] = [
  { id: 'e', occurredAt: new Date('2026-01-31T09:00:00Z'), actor: 'a', action: 'b', targetId: 'com_1' },
];

function createData(record: (name: string) => void, roughness: Roughness): InvestmentsData {
  // What it gives may be anything, whatever the types say.
  const give = <T>(name: string, value: T): Promise<T> => {
    record(name);
    return Promise.resolve(roughness.apply(value) as T);
  };
  const page = <Row>(rows: readonly Row[], { first }: PageRequest): Page<Row> => ({
    edges: rows
      .slice(0, first)
      .map((node, index) => ({ cursor: `cursor ${index}`, node: roughness.apply(node) as Row })),
    hasNextPage: rows.length > first,
    hasPreviousPage: false,
    totalCount: undefined,
  });
  const byId = <Row extends { readonly id: string }>(rows: readonly Row[], id: string) =>
    rows.find((row) => row.id === id) ?? null;
  return {
    companiesPage: (request, filter, order) =>
      give(`companiesPage ${JSON.stringify([request, filter, order])}`, page(companies, request)),
    countCompanies: (filter) => give(`countCompanies ${JSON.stringify(filter)}`, 2),
    rememberCompany: () => {},
    company: (id) => give(`company ${id}`, byId(companies, id)),
    transaction: (id) => give(`transaction ${id}`, byId(transactions, id)),
    investor: (id) => give(`investor ${id}`, byId(investors, id)),
    search: (text) => give(`search ${text}`, [...companies, ...investors]),
    regionSummary: () => give('regionSummary', [{ region: 'USA', companyCount: 1, amountUsd: 500 }]),
    companyTransactionsPage: (id, request) => give(`companyTransactionsPage ${id}`, page(transactions, request)),
    countCompanyTransactions: (id) => give(`countCompanyTransactions ${id}`, 1),
    investorTransactionsPage: (id, request) => give(`investorTransactionsPage ${id}`, page(transactions, request)),
    countInvestorTransactions: (id) => give(`countInvestorTransactions ${id}`, 1),
    totalInvestedUsd: (id) => give(`totalInvestedUsd ${id}`, 500),
    auditEventsPage: (request) => give('auditEventsPage', page(events, request)),
    countAuditEvents: () => give('countAuditEvents', 1),
  };
}
