import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * The variables that stand in `@skip` and `@include` of an operation, fragments included: of all that a client sends, only
 * these decide which fields are selected. Each fragment is read once.
 */
export function collectSkipIncludeVariables(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly string[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const variables = new Set<string>();
  const read = new Set<string>();

  function readSelections({ selections }: SelectionSetNode) {
    for (const selection of selections) {
      readConditions(selection);
      if (selection.kind === Kind.FRAGMENT_SPREAD) readFragment(selection.name.value);
      else if (selection.selectionSet) readSelections(selection.selectionSet);
    }
  }

  function readFragment(name: string) {
    if (read.has(name)) return;
    read.add(name);
    const fragment = fragments.get(name);
    if (fragment) readSelections(fragment.selectionSet);
  }

  function readConditions({ directives = [] }: SelectionNode) {
    for (const { name, arguments: given = [] } of directives) {
      if (name.value !== 'skip' && name.value !== 'include') continue;
      for (const { value } of given) {
        if (value.kind === Kind.VARIABLE) variables.add(value.name.value);
      }
    }
  }

  readSelections(operation.selectionSet);
  return [...variables];
}
