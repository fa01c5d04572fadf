import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';
import { readRefusals, type TokenManager } from 'claimgraph-client';
import { authExchange } from 'claimgraph-client/urql';

/** A client for whoever is signed in now: urql's cache cannot be emptied, so make a new one when the subject changes. */
export function createApiClient(manager: TokenManager, url: string): Client {
  return new Client({ url, preferGetMethod: false, exchanges: [cacheExchange, authExchange(manager), fetchExchange] });
}

/** Calls back with a client, now and whenever somebody else is signed in. Returns what stops it. */
export function followSubject(manager: TokenManager, url: string, use: (client: Client) => void): () => void {
  use(createApiClient(manager, url));
  return manager.onSubjectChange(() => use(createApiClient(manager, url)));
}

interface Companies {
  companies: { nodes: { id: string; name: string; internalRating: string | null }[] | null } | null;
}

const companies = gql<Companies, Record<string, never>>`
  query Companies { companies { nodes { id name internalRating } } }
`;

export async function listCompanies(client: Client): Promise<string[]> {
  const result = await client.query(companies, {}).toPromise();
  const refusals = readRefusals(result);
  const nodes = result.data?.companies?.nodes;
  if (!nodes) throw new Error(refusals.why('companies', 'nodes'));
  return nodes.map(({ name, internalRating }, index) => {
    return `${name}: ${internalRating ?? refusals.why('companies', 'nodes', index, 'internalRating')}`;
  });
}
