import { type DocumentNode, visit } from 'graphql';

/** Counts how often the selections of a selection set are read, from now on. */
export function countWalks(document: DocumentNode): { readonly count: () => number } {
  let count = 0;
  visit(document, {
    SelectionSet: {
      leave(node) {
        const { selections } = node;
        Object.defineProperty(node, 'selections', {
          get() {
            count += 1;
            return selections;
          },
        });
      },
    },
  });
  count = 0;
  return { count: () => count };
}
