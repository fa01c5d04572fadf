import {
  buildASTSchema,
  concatAST,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  Source,
  validateSchema,
} from 'graphql';
// Marked internal. But `buildASTSchema` throws one Error with the messages alone (graphql-js 16.15), and whoever misspelt a
// type in one of twenty files wants to know where.
import { validateSDL } from 'graphql/validation/validate.js';
import { addFederationDefinitions } from './directives/federationDefinitions.ts';
import { toSdlProblem } from './documentErrors.ts';
import { ProblemsError } from './problem.ts';

/** SDL texts; a `Source` also has the name of its file, for messages. */
export type TypeDefs = readonly (string | Source)[];

/** SDL that makes no schema. `problems` are all that are known, with `file:line:column` for a coordinate. */
export class SdlError extends ProblemsError {
  constructor(errors: readonly GraphQLError[]) {
    super('the SDL makes no schema', errors.map(toSdlProblem));
  }
}

/** The schema that the texts make together, without resolvers. Throws SdlError. */
export function parseSdl(typeDefs: TypeDefs): GraphQLSchema {
  const document = addFederationDefinitions(concatAST(parseAll(typeDefs)));
  refuse(validateSDL(document));
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  refuse(validateSchema(schema));
  return schema;
}

function parseAll(typeDefs: TypeDefs): readonly DocumentNode[] {
  const faults: GraphQLError[] = [];
  const documents = typeDefs.flatMap((sdl, index) => {
    try {
      return [parse(typeof sdl === 'string' ? new Source(sdl, `typeDefs[${index}]`) : sdl)];
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      faults.push(error);
      return [];
    }
  });
  refuse(faults);
  return documents;
}

function refuse(errors: readonly GraphQLError[]): void {
  if (errors.length > 0) throw new SdlError(errors);
}
