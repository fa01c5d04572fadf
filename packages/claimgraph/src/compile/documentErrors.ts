import { type GraphQLError, getLocation, type Source } from 'graphql';
import type { Problem } from './problem.ts';

/** What is wrong with a document, for those who wrote it. Its coordinate is `file:line:column`, as far as it is known. */
export function toSdlProblem(error: GraphQLError): Problem {
  const [first = 'typeDefs', ...others] = placesOf(error);
  const fix = others.length === 0 ? 'correct the SDL there' : `correct the SDL there, or at ${others.join(', ')}`;
  return { code: 'INVALID_SDL', coordinate: first, message: error.message, fix };
}

/** In one line: `file:line:column: message`, and where else it is about. */
export function describeDocumentError(error: GraphQLError): string {
  const [first, ...others] = placesOf(error);
  const also = others.length === 0 ? '' : ` (also ${others.join(', ')})`;
  return `${first === undefined ? '' : `${first}: `}${error.message}${also}`;
}

function placesOf({ nodes, source, positions = [] }: GraphQLError): readonly string[] {
  const ofNodes = nodes?.flatMap(({ loc }) => (loc ? [placeOf(loc.source, loc.start)] : []));
  // A syntax error has no nodes.
  return ofNodes ?? positions.flatMap((at) => (source ? [placeOf(source, at)] : []));
}

function placeOf(source: Source, position: number): string {
  const { line, column } = getLocation(source, position);
  return `${source.name}:${line}:${column}`;
}
