import {
  buildASTSchema,
  concatAST,
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  Kind,
  parse,
  Source,
  validateSchema,
} from 'graphql';
// Marked internal. But `buildASTSchema` throws one Error with the messages alone (graphql-js 16.15), and whoever misspelt a
// type in one of twenty files wants to know where.
import { validateSDL } from 'graphql/validation/validate.js';
import { ConfigurationError } from '../errors.ts';
import { defineExtended, definitionKinds } from './defineExtended.ts';
import { addFederationDefinitions } from './directives/federationDefinitions.ts';
import { toSdlProblem } from './documentErrors.ts';
import { ProblemsError } from './problem.ts';

/** One text, a `Source` (which also has the name of its file, for messages), or a document as `gql` makes it. */
export type Sdl = string | Source | DocumentNode;

/** SDL in one part or in several, of whichever kinds. */
export type TypeDefs = Sdl | readonly Sdl[];

/** SDL that makes no schema. `problems` are all that are known, with `file:line:column` for a coordinate. */
export class SdlError extends ProblemsError {
  constructor(errors: readonly GraphQLError[]) {
    super('the SDL makes no schema', errors.map(toSdlProblem));
  }
}

/** The schema that the parts make together, without resolvers. Throws SdlError, and ConfigurationError for what is no SDL. */
export function parseSdl(typeDefs: TypeDefs): GraphQLSchema {
  const parts: readonly unknown[] = Array.isArray(typeDefs) ? typeDefs : [typeDefs];
  const document = addFederationDefinitions(defineExtended(concatAST(joinTypes(parseAll(parts)))));
  refuse(validateSDL(document));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  refuse(validateSchema(schema));
  return schema;
}

/** Whether a part of `typeDefs` is one, for those who write JavaScript. */
export function isSdl(part: unknown): part is Sdl {
  return typeof part === 'string' || part instanceof Source || isDocument(part);
}

/** What stands where SDL is expected. */
export function describeNoSdl(place: string, part: unknown): string {
  const got = part === null ? 'null' : Array.isArray(part) ? 'a list' : `a value of type ${typeof part}`;
  return `${place}: expected SDL (a text, a Source or a document of gql); got ${got}`;
}

/** A scalar has no parts: to define it twice is an error. */
const extensionOf: ReadonlyMap<string, string> = new Map(
  Object.entries(definitionKinds)
    .filter(([, definition]) => definition !== Kind.SCALAR_TYPE_DEFINITION)
    .map(([extension, definition]) => [definition, extension]),
);

/** A type that another text has defined already is extended by this one, as tools that merge SDL have it. */
function joinTypes(documents: readonly DocumentNode[]): readonly DocumentNode[] {
  const definedBy = new Map<string, DocumentNode>();
  return documents.map((document) => ({
    ...document,
    definitions: document.definitions.map((definition): DefinitionNode => {
      const extension = extensionOf.get(definition.kind);
      if (!extension || !('name' in definition) || !definition.name) return definition;
      const key = `${definition.kind} ${definition.name.value}`;
      const first = definedBy.get(key) ?? document;
      definedBy.set(key, first);
      return first === document ? definition : ({ ...definition, kind: extension } as DefinitionNode);
    }),
  }));
}

function parseAll(parts: readonly unknown[]): readonly DocumentNode[] {
  const faults: GraphQLError[] = [];
  const documents = parts.flatMap((sdl, index) => {
    const place = `typeDefs[${index}]`;
    if (!isSdl(sdl)) throw new ConfigurationError(describeNoSdl(place, sdl));
    try {
      const document = isDocument(sdl) ? sdl : parse(typeof sdl === 'string' ? new Source(sdl, place) : sdl);
      faults.push(...executableFaults(document));
      return [document];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      faults.push(error);
      return [];
    }
  });
  refuse(faults);
  return documents;
}

/** `buildASTSchema` leaves operations and fragments out without a word, as may have come from another folder. */
function executableFaults({ definitions }: DocumentNode): readonly GraphQLError[] {
  const others = definitions.filter((node) => !isTypeSystemDefinitionNode(node) && !isTypeSystemExtensionNode(node));
  return others.map((node) => new GraphQLError('An operation or fragment is no SDL.', { nodes: [node] }));
}

function isDocument(part: unknown): part is DocumentNode {
  return typeof part === 'object' && part !== null && Reflect.get(part, 'kind') === 'Document';
}

function refuse(errors: readonly GraphQLError[]): void {
  if (errors.length > 0) throw new SdlError(errors);
}
