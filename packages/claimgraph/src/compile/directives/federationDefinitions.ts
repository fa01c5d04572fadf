import { concatAST, type DocumentNode, Kind, parse, visit } from 'graphql';
import {
  connectDirectives,
  definitionOfSpecType,
  federationDirectives,
  linkDefinition,
  unimported,
} from './federationSpec.ts';
import { type LinkedNames, readLinks } from './linkImports.ts';

/**
 * The document with the definitions that SDL written for an Apollo subgraph may leave out: of the directives that it
 * uses, and of the types of their arguments. What the document defines itself stays as it is.
 */
export function addFederationDefinitions(document: DocumentNode): DocumentNode {
  const names = linkedNamesOf(document);
  const defined = new Set(
    document.definitions.flatMap((node) => (node.kind === Kind.DIRECTIVE_DEFINITION ? node.name.value : [])),
  );
  const missing = [...usedDirectives(document)].filter((name) => !defined.has(name));
  const withDirectives = append(
    document,
    missing.map((name) => definitionOf(name, names)),
  );
  return append(
    withDirectives,
    missingTypes(withDirectives).map((name) => definitionOfSpecType(name, names.namespace)),
  );
}

function definitionOf(name: string, { directives, namespace }: LinkedNames): string | undefined {
  if (name === 'link') return linkDefinition;
  // A name that only lacks its import gets a definition too: compiling reports it, and says more than "unknown".
  const meaning = directives.get(name) ?? unimported(name) ?? '';
  const definition = connectDirectives.get(meaning) ?? federationDirectives.get(meaning)?.(namespace);
  return definition && `directive @${name}${definition.replace(/^(?!\()/, ' ')}`;
}

function append(document: DocumentNode, definitions: readonly (string | undefined)[]): DocumentNode {
  const sdl = definitions.filter((definition) => definition !== undefined).join('\n');
  return sdl === '' ? document : concatAST([document, parse(sdl)]);
}

function linkedNamesOf(document: DocumentNode): LinkedNames {
  const links = document.definitions.flatMap((node) => {
    const isSchema = node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION;
    return isSchema ? (node.directives ?? []).filter(({ name }) => name.value === 'link') : [];
  });
  // Faulty links are reported once the schema is there.
  return readLinks(links, () => {});
}

function usedDirectives(document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>();
  visit(document, {
    Directive: ({ name }) => {
      used.add(name.value);
    },
  });
  return used;
}

function missingTypes(document: DocumentNode): readonly string[] {
  const defined = new Set(document.definitions.flatMap((node) => ('name' in node && node.name ? node.name.value : [])));
  const used = new Set<string>();
  visit(document, {
    NamedType: ({ name }) => {
      used.add(name.value);
    },
  });
  return [...used].filter((name) => !defined.has(name));
}
