import { type DocumentNode, Kind, type SelectionNode, visit } from 'graphql';

/** From so many selections of one set on; graphql-js compares each with each. */
const many = 100;

/**
 * The document without fields that say the same once more: of one name, without arguments, directives and selections. Their
 * result is the same, and validation (graphql-js 16.15) gives up on 1,000 of them.
 */
export function mergeEqualFields(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet(set) {
      if (set.selections.length < many) return undefined;
      const seen = new Set<string>();
      const selections = set.selections.filter((selection) => {
        const key = keyOf(selection);
        if (key === undefined || !seen.has(key)) {
          if (key !== undefined) seen.add(key);
          return true;
        }
        return false;
      });
      return selections.length === set.selections.length ? undefined : { ...set, selections };
    },
  });
}

/** Undefined for what is left as it is. */
function keyOf(selection: SelectionNode): string | undefined {
  if (selection.kind !== Kind.FIELD || selection.selectionSet) return undefined;
  if (selection.arguments?.length || selection.directives?.length) return undefined;
  return `${selection.alias?.value ?? ''}:${selection.name.value}`;
}
