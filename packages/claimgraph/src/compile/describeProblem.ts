import { type GraphQLError, getLocation, type Source } from 'graphql';

/** What is wrong with a document, for those who wrote it: `file:line:column: message`, and where else it is about. */
export function describeProblem({ message, nodes, source, positions = [] }: GraphQLError): string {
  const ofNodes = nodes?.flatMap(({ loc }) => (loc ? [placeOf(loc.source, loc.start)] : []));
  // A syntax error has no nodes.
  const [first, ...others] = ofNodes ?? positions.flatMap((at) => (source ? [placeOf(source, at)] : []));
  const also = others.length === 0 ? '' : ` (also ${others.join(', ')})`;
  return `${first === undefined ? '' : `${first}: `}${message}${also}`;
}

function placeOf(source: Source, position: number): string {
  const { line, column } = getLocation(source, position);
  return `${source.name}:${line}:${column}`;
}
