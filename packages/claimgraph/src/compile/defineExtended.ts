import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type TypeExtensionNode,
  visit,
} from 'graphql';

type TypeExtensions = ReadonlyMap<string, TypeExtensionNode['kind']>;

/** By the kind of an extension, that of the definition which it would be. */
export const definitionKinds = {
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
} as const;

/**
 * The document with a definition for each type that it only extends, as SDL of modules and subgraphs does: the first of a
 * type's extensions becomes it. Only where something uses the type (another definition, an operation of the schema, a router
 * by the keys of an entity): an extension that nothing uses is rather misspelt, and what it was to protect would be open.
 */
export function defineExtended(document: DocumentNode): DocumentNode {
  const undefinedTypes = extendedOnly(document);
  if (undefinedTypes.size === 0) return document;
  const used = usedNames(document);
  const taken = new Set<string>();
  const definitions = document.definitions.map((node): DefinitionNode => {
    if (!isTypeExtension(node) || undefinedTypes.get(node.name.value) !== node.kind) return node;
    const { value: name } = node.name;
    if (taken.has(name) || !used.has(name)) return node;
    taken.add(name);
    // The two kinds of nodes differ in their kind alone.
    return { ...node, kind: definitionKinds[node.kind] } as DefinitionNode;
  });
  return { ...document, definitions };
}

/** Types without a definition, by their first extension's kind. */
function extendedOnly({ definitions }: DocumentNode): TypeExtensions {
  const defined = new Set(definitions.flatMap((node) => (isTypeDefinition(node) ? [node.name.value] : [])));
  const extended = new Map<string, TypeExtensionNode['kind']>();
  for (const node of definitions) {
    if (!isTypeExtension(node) || defined.has(node.name.value) || extended.has(node.name.value)) continue;
    extended.set(node.name.value, node.kind);
  }
  return extended;
}

/** What definitions of other types, the schema's operations and the keys of entities refer to. */
function usedNames(document: DocumentNode): ReadonlySet<string> {
  const namesOperations = document.definitions.some(({ kind }) => kind === Kind.SCHEMA_DEFINITION);
  const used = new Set(namesOperations ? [] : ['Query', 'Mutation', 'Subscription']);
  for (const definition of document.definitions) {
    const own = 'name' in definition ? definition.name?.value : undefined;
    visit(definition, {
      NamedType: ({ name }) => {
        if (name.value !== own) used.add(name.value);
      },
    });
    // `@key`, also under the name that a @link gives it: an entity is asked for by its keys, from outside.
    if (own !== undefined && 'directives' in definition && definition.directives?.some(hasFieldSet)) used.add(own);
  }
  return used;
}

function hasFieldSet(directive: DirectiveNode): boolean {
  return directive.arguments?.some(({ name }) => name.value === 'fields') ?? false;
}

function isTypeExtension(node: DefinitionNode): node is TypeExtensionNode {
  return node.kind in definitionKinds;
}

function isTypeDefinition(node: DefinitionNode): node is Extract<DefinitionNode, { kind: `${string}TypeDefinition` }> {
  return Object.values<string>(definitionKinds).includes(node.kind);
}
