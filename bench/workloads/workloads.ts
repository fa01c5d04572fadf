import type { BenchData, BenchTransaction } from './data.ts';

export type WorkloadName = 'S' | 'M' | 'L' | 'L′';

export interface Workload {
  readonly name: WorkloadName;
  readonly title: string;
  readonly query: string;
  /** What a caller who may read everything gets. */
  expectedData(data: BenchData): unknown;
}

export const workloads: readonly Workload[] = [
  {
    name: 'S',
    title: 'viewer with 2 fields',
    query: '{ viewer { id name } }',
    expectedData: ({ viewer }) => ({ viewer }),
  },
  {
    name: 'M',
    title: '100 companies × 5 fields',
    query: '{ companies { id name region sector targetUsd } }',
    expectedData: ({ companies }) => ({
      companies: companies.map(({ transactions, regionalTransactions, ...fields }) => fields),
    }),
  },
  {
    name: 'L',
    title: '100 companies × 20 transactions × 3 fields',
    query: '{ companies { transactions { id amountUsd createdAt } } }',
    expectedData: ({ companies }) => ({
      companies: companies.map(({ transactions }) => ({ transactions: transactions.map(shownTransaction) })),
    }),
  },
  {
    name: 'L′',
    title: 'as L, with a rule on every row',
    query: '{ companies { regionalTransactions { id amountUsd createdAt } } }',
    expectedData: ({ companies }) => ({
      companies: companies.map(({ transactions }) => ({ regionalTransactions: transactions.map(shownTransaction) })),
    }),
  },
];

function shownTransaction({ region, ...shown }: BenchTransaction) {
  return shown;
}
