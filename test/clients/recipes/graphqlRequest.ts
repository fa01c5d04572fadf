import { readRefusals, type TokenManager } from 'claimgraph-client';
import { createAuthFetch } from 'claimgraph-client/fetch';
import { GraphQLClient, gql } from 'graphql-request';

export function createApiClient(manager: TokenManager, url: string): GraphQLClient {
  // Partial data: by default, one refused field throws away all others.
  return new GraphQLClient(url, { fetch: createAuthFetch(manager, { url }), errorPolicy: 'all' });
}

interface Companies {
  companies: { nodes: { id: string; name: string; internalRating: string | null }[] | null } | null;
}

const companies = gql`query Companies { companies { nodes { id name internalRating } } }`;

export async function listCompanies(client: GraphQLClient): Promise<string[]> {
  // Where nothing at all could be executed, rawRequest throws a ClientError, which readRefusals takes as well.
  const result = await client.rawRequest<Companies>(companies);
  const refusals = readRefusals(result);
  const nodes = result.data.companies?.nodes;
  if (!nodes) throw new Error(refusals.why('companies', 'nodes'));
  return nodes.map(({ name, internalRating }, index) => {
    return `${name}: ${internalRating ?? refusals.why('companies', 'nodes', index, 'internalRating')}`;
  });
}
