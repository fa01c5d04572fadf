import { type FragmentDefinitionNode, getOperationAST, Kind, parse, type SelectionSetNode } from 'graphql';

/**
 * What came of each field of an operation, by its response path without list positions: `allowed`, the code of its error,
 * `not reached` (an empty list, or a field above it was refused), or several of these, such as `FORBIDDEN, allowed`.
 */
export type Decisions = Readonly<Record<string, string>>;

/** The body of a GraphQL response, as far as decisions can be read from it. */
export interface DecidedBody {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

/** The request was answered with an error of no field. */
export class RequestFailedError extends Error {}

export const allowed = 'allowed';
const notReached = 'not reached';

/** Reads what came of each field; throws RequestFailedError when the request itself failed. */
export function readDecisions(query: string, { data, errors = [] }: DecidedBody, operationName?: string): Decisions {
  const outcomes = new Map<string, Set<string>>(pathsOf(query, operationName).map((path) => [path, new Set()]));
  const refused = new Set<string>();
  for (const { message, path, extensions } of errors) {
    if (!path) throw new RequestFailedError(`expected decisions; the request failed with: ${message}`);
    refused.add(path.join('.'));
    outcomes.get(withoutPositions(path))?.add(String(extensions.code));
  }
  meet(data, []);
  return Object.fromEntries(
    [...outcomes].map(([path, met]) => [path, met.size === 0 ? notReached : [...met].sort().join(', ')]),
  );

  function meet(value: unknown, path: readonly (string | number)[]): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      const here = [...path, Array.isArray(value) ? Number(key) : key];
      if (!Array.isArray(value) && !refused.has(here.join('.'))) outcomes.get(withoutPositions(here))?.add(allowed);
      meet(child, here);
    }
  }
}

function withoutPositions(path: readonly (string | number)[]): string {
  return path.filter((key) => typeof key === 'string').join('.');
}

/** The response paths of the only operation, or of the one of this name, in its order, with fragments spread and without meta fields. */
function pathsOf(query: string, operationName: string | undefined): readonly string[] {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    const expected = operationName === undefined ? 'exactly one operation' : `an operation ${operationName}`;
    throw new TypeError(`expected ${expected} in: ${query}`);
  }
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const paths = new Set<string>();
  collect(operation.selectionSet, '');
  return [...paths];

  function collect({ selections }: SelectionSetNode, prefix: string): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.name.value.startsWith('__')) continue;
        const path = `${prefix}${(selection.alias ?? selection.name).value}`;
        paths.add(path);
        if (selection.selectionSet) collect(selection.selectionSet, `${path}.`);
      } else {
        const spread = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (spread) collect(spread.selectionSet, prefix);
      }
    }
  }
}
