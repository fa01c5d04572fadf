import {
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is when every fragment is written out wherever it is spread. */
export interface OperationSize {
  /** All fields: each alias, each repetition, `__typename` and introspection included. */
  readonly fields: number;
  /** Those of them that stand at the root. */
  readonly rootFields: number;
  /** How many fields stand in one another. */
  readonly depth: number;
}

const empty: OperationSize = { fields: 0, rootFields: 0, depth: 0 };

/**
 * Measures definitions of one document by their text alone: valid or not, and whatever `@skip` and `@include` will leave
 * out. Each fragment is measured once, so the work is linear in the document and not in what it expands to. A cycle of
 * fragments, which validation refuses, counts once around. Counts end at Number.MAX_SAFE_INTEGER.
 */
export function createOperationMeter(document: DocumentNode): (definition: DefinitionNode) => OperationSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const measured = new Map<string, OperationSize>();

  function measureFragment(name: string): OperationSize {
    const known = measured.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    if (!fragment) return empty;
    measured.set(name, empty);
    const size = measure(fragment.selectionSet);
    measured.set(name, size);
    return size;
  }

  function measure({ selections }: SelectionSetNode): OperationSize {
    let { fields, rootFields, depth } = empty;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet ? measure(selection.selectionSet) : empty;
        fields = add(fields, 1 + below.fields);
        rootFields = add(rootFields, 1);
        depth = Math.max(depth, 1 + below.depth);
      } else {
        const spread =
          selection.kind === Kind.INLINE_FRAGMENT
            ? measure(selection.selectionSet)
            : measureFragment(selection.name.value);
        fields = add(fields, spread.fields);
        rootFields = add(rootFields, spread.rootFields);
        depth = Math.max(depth, spread.depth);
      }
    }
    return { fields, rootFields, depth };
  }

  return (definition) => {
    switch (definition.kind) {
      case Kind.OPERATION_DEFINITION:
        return measure(definition.selectionSet);
      case Kind.FRAGMENT_DEFINITION:
        return measureFragment(definition.name.value);
      default:
        return empty;
    }
  };
}

function add(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER);
}
