import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;

/** A parsed document takes 50 to 250 times the memory of its text. */
const maxCharacters = 400_000;

/**
 * The parsed and valid documents that are kept for the next request with the same text; what is derived of a document
 * hangs on it. Apollo Server's own store counts what a document is as JSON, which is next to nothing for a small one.
 */
export function createDocumentStore(): DocumentStore {
  const documents = new LRUCache<string, DocumentNode>({
    maxSize: maxCharacters,
    sizeCalculation: ({ loc }, key) => key.length + (loc?.end ?? maxCharacters),
  });
  return {
    async get(key) {
      return documents.get(key);
    },
    async set(key, document) {
      // Emptied because it was too large: not worth the place.
      if (document.definitions.length > 0) documents.set(key, document);
    },
    async delete(key) {
      return documents.delete(key);
    },
  };
}
