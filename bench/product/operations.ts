import type { BenchRequest } from '../workloads/world.ts';

export type OperationName = 'viewer' | 'companies' | 'nested' | 'createTransaction';

/** What a client of the product does. The hand-written endpoint has a path for each, which takes the variables alone. */
export interface ProductOperation {
  readonly name: OperationName;
  readonly title: string;
  readonly query: string;
}

export const operations: readonly ProductOperation[] = [
  { name: 'viewer', title: 'who am I', query: '{ viewer { subject role } }' },
  {
    name: 'companies',
    title: 'a page of companies',
    query: '{ companies { totalCount nodes { id name internalRating } } }',
  },
  {
    name: 'nested',
    title: 'companies, their transactions, their investors',
    query:
      '{ companies { nodes { id name transactions(first: 10) { nodes { id amountUsd investor { id email } } } } } }',
  },
  {
    name: 'createTransaction',
    title: 'a payment',
    query:
      'mutation ($input: CreateTransactionInput!) { createTransaction(input: $input) { transaction { company { id } amountUsd } } }',
  },
];

/** Replaced by the load generator: each payment has a key of its own. */
const uniqueId = '[<id>]';

export function toGraphqlRequest({ query, name }: ProductOperation, token: string): BenchRequest {
  return toRequest({ query, ...variablesOf(name) }, token);
}

export function toHandWrittenRequest({ name }: ProductOperation, token: string): BenchRequest {
  return toRequest(variablesOf(name).variables ?? {}, token);
}

function variablesOf(name: OperationName) {
  if (name !== 'createTransaction') return {};
  const input = { companyId: 'com_2', investorId: 'inv_21', amountUsd: 1, idempotencyKey: `bench-${uniqueId}` };
  return { variables: { input } };
}

function toRequest(body: object, token: string): BenchRequest {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json,application/json;q=0.9',
    authorization: `Bearer ${token}`,
  };
  return { headers, body: JSON.stringify(body) };
}
