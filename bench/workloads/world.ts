import { type BenchData, createData, regions } from './data.ts';
import { createPool } from './tokens.ts';
import { type WorkloadName, workloads } from './workloads.ts';

/** What every contender is started with; plain JSON. */
export interface World {
  readonly issuer: string;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly jwks: object;
  /** Business claims by subject. */
  readonly claims: Readonly<Record<string, { readonly role: string; readonly regions: readonly string[] }>>;
  readonly data: BenchData;
}

export interface BenchRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that a contender must not answer with `secret` in it. */
export interface Refusal {
  readonly title: string;
  /** What a contender protects at least, for it to have to refuse. */
  readonly protects: 'token' | 'fields';
  readonly request: BenchRequest;
  readonly secret: string;
}

export interface Scene {
  readonly world: World;
  /** The request of a caller who may read everything. */
  requestOf(workload: WorkloadName): BenchRequest;
  readonly refusals: readonly Refusal[];
}

const scope = 'bench/read';

export function createScene(): Scene {
  const { issueToken, ...pool } = createPool();
  const data = createData();
  const token = issueToken('manager', scope);
  const forged = createPool().issueToken('manager', scope);
  return {
    world: {
      ...pool,
      data,
      claims: {
        manager: { role: 'manager', regions },
        guest: { role: 'guest', regions },
        stranger: { role: 'manager', regions: ['ANTARCTICA'] },
      },
    },
    requestOf: (workload) => toRequest(workload, token),
    refusals: [
      { title: 'a forged token', protects: 'token', request: toRequest('S', forged), secret: data.viewer.name },
      {
        title: 'a token without the scope',
        protects: 'fields',
        request: toRequest('S', issueToken('manager', 'other/scope')),
        secret: data.viewer.name,
      },
      {
        title: 'a caller whose claims do not suffice',
        protects: 'fields',
        request: toRequest('M', issueToken('guest', scope)),
        secret: 'Company 1',
      },
      {
        title: 'rows of a foreign region',
        protects: 'fields',
        request: toRequest('L′', issueToken('stranger', scope)),
        secret: String(data.companies[0]?.transactions[0]?.amountUsd),
      },
    ],
  };
}

function toRequest(workload: WorkloadName, token: string): BenchRequest {
  const query = workloads.find(({ name }) => name === workload)?.query;
  return {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ query }),
  };
}
