import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { KeptDocuments } from '../../operation/keptDocuments.ts';

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;

/**
 * The parsed and valid documents that are kept for the next request with the same text, in one place with what is made of
 * them. Apollo Server's own store counts what a document is as JSON, which is next to nothing for a small one.
 */
export function createDocumentStore(documents: KeptDocuments): DocumentStore {
  return {
    get: async (key) => documents.find(key),
    set: async (key, document) => documents.keep(key, document),
    delete: async (key) => documents.forget(key),
  };
}
