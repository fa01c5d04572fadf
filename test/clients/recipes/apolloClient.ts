import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from '@apollo/client';
import { readRefusals, type TokenManager } from 'claimgraph-client';
import { createAuthLink, dropCacheOnSubjectChange } from 'claimgraph-client/apollo';

// Partial data: by default, one refused field throws away all others.
declare module '@apollo/client' {
  namespace ApolloClient {
    namespace DeclareDefaultOptions {
      interface Query {
        errorPolicy: 'all';
      }
      interface WatchQuery {
        errorPolicy: 'all';
      }
      interface Mutate {
        errorPolicy: 'all';
      }
    }
  }
}

/** `uri` is where the API is; the manager is that of the page on signing in. */
export function createApiClient(manager: TokenManager, uri: string): ApolloClient {
  const client = new ApolloClient({
    link: createAuthLink(manager).concat(new HttpLink({ uri })),
    cache: new InMemoryCache(),
    defaultOptions: {
      query: { errorPolicy: 'all' },
      watchQuery: { errorPolicy: 'all' },
      mutate: { errorPolicy: 'all' },
    },
  });
  dropCacheOnSubjectChange(client, manager);
  return client;
}

interface Companies {
  companies: { nodes: { id: string; name: string; internalRating: string | null }[] | null } | null;
}

const companies: TypedDocumentNode<Companies> = gql`
  query Companies { companies { nodes { id name internalRating } } }
`;

export async function listCompanies(client: ApolloClient): Promise<string[]> {
  // The cache keeps a refused field as null, without its error: read from there, it would look like one that is empty.
  const result = await client.query({ query: companies, fetchPolicy: 'network-only' });
  const refusals = readRefusals(result);
  const nodes = result.data?.companies?.nodes;
  if (!nodes) throw new Error(refusals.why('companies', 'nodes'));
  return nodes.map(({ name, internalRating }, index) => {
    return `${name}: ${internalRating ?? refusals.why('companies', 'nodes', index, 'internalRating')}`;
  });
}
