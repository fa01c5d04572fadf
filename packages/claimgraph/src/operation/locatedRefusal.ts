import {
  type FieldNode,
  GraphQLError,
  type GraphQLErrorExtensions,
  getLocation,
  type ResponsePath as Path,
  responsePathAsArray,
} from 'graphql';

/** Where a field stands that is not given out; graphql-js's `info` is one. */
export interface RefusedPlace {
  readonly fieldNodes: readonly FieldNode[];
  readonly path: Path;
}

type Locations = readonly { readonly line: number; readonly column: number }[];

/**
 * A refusal as graphql-js would locate it, thrown where its field is decided; executors leave an error alone that has a
 * path. It is a GraphQLError to whoever asks, but made without `Error`, which captures a stack: that takes 20 to 50 µs, for
 * each row, and says of a refusal only where rules are evaluated. `stack` is that of the error that was refused with.
 */
export class LocatedRefusal {
  readonly message: string;
  readonly locations: Locations | undefined;
  readonly path: readonly (string | number)[];
  readonly extensions: GraphQLErrorExtensions;
  readonly #error: GraphQLError;
  readonly #nodes: readonly FieldNode[];

  constructor(error: GraphQLError, { fieldNodes, path }: RefusedPlace) {
    this.message = error.message;
    this.locations = locationsOf(fieldNodes);
    this.path = responsePathAsArray(path);
    this.extensions = error.extensions;
    this.#error = error;
    this.#nodes = fieldNodes;
  }

  get name(): string {
    return 'GraphQLError';
  }

  get originalError(): GraphQLError {
    return this.#error;
  }

  get stack(): string | undefined {
    return this.#error.stack;
  }

  get nodes(): readonly FieldNode[] {
    return this.#nodes;
  }

  get source() {
    return this.#nodes[0]?.loc?.source;
  }

  get positions(): readonly number[] {
    return this.#nodes.flatMap(({ loc }) => loc?.start ?? []);
  }
}

// What it does not have itself, it has from GraphQLError: toJSON, toString, and what instanceof asks for.
Object.setPrototypeOf(LocatedRefusal.prototype, GraphQLError.prototype);

// An executor gives every row of a field the same nodes, and counting the lines of a document takes longer than all else.
const knownLocations = new WeakMap<readonly FieldNode[], Locations>();

function locationsOf(nodes: readonly FieldNode[]): Locations | undefined {
  let locations = knownLocations.get(nodes);
  if (!locations) {
    locations = nodes.flatMap(({ loc }) => (loc ? [getLocation(loc.source, loc.start)] : []));
    knownLocations.set(nodes, locations);
  }
  return locations.length === 0 ? undefined : locations;
}
