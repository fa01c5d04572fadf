import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { createAuthLink, dropCacheOnSubjectChange } from 'claimgraph-client/apollo';
import { manager } from './session.ts';
import { settings } from './settings.ts';

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

export const client = new ApolloClient({
  link: createAuthLink(manager).concat(new HttpLink({ uri: settings.apiUrl })),
  cache: new InMemoryCache(),
  defaultOptions: {
    query: { errorPolicy: 'all' },
    watchQuery: { errorPolicy: 'all' },
    mutate: { errorPolicy: 'all' },
  },
});

dropCacheOnSubjectChange(client, manager);
