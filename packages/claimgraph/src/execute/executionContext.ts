import type {
  FragmentDefinitionNode,
  GraphQLError,
  GraphQLSchema,
  OperationDefinitionNode,
  ResponsePath as Path,
} from 'graphql';
import type { Authorization } from '../operation/authorization.ts';
import type { ResultMeter } from '../operation/resultMeter.ts';

/** One execution of a compiled operation. */
export interface ExecutionContext {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** The coerced ones. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: unknown;
  /** Of an event of a subscription; undefined for a query. */
  readonly rootValue: unknown;
  readonly authorization: Authorization;
  /** By the number that a field's plan has in the compiled operation: whether nothing of it is left to decide. */
  readonly isSettled: readonly boolean[];
  readonly errors: FieldErrors;
  readonly meter: ResultMeter;
}

/**
 * The errors of the fields that became null. As in graphql-js 16.15, nothing is added at or below a place that an error has
 * nulled already.
 */
export interface FieldErrors {
  add(error: GraphQLError, path: Path | undefined): void;
  readonly list: readonly GraphQLError[];
}

export function createFieldErrors(): FieldErrors {
  const list: GraphQLError[] = [];
  let nulled: Set<Path | undefined> | undefined;
  return {
    list,
    add(error, path) {
      nulled ??= new Set();
      for (let place = path; place; place = place.prev) if (nulled.has(place)) return;
      if (nulled.has(undefined)) return;
      nulled.add(path);
      list.push(error);
    },
  };
}
