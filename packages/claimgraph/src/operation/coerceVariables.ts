import {
  type GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
  versionInfo,
} from 'graphql';
import { BadUserInputError } from '../errors.ts';

type Variables = Readonly<Record<string, unknown>>;

export type CoercedVariables =
  | { readonly kind: 'coerced'; readonly variables: Variables }
  | { readonly kind: 'faulty'; readonly errors: readonly GraphQLError[] }
  /** graphql-js coerces recursively, and a value can be nested more deeply than the stack goes. */
  | { readonly kind: 'tooDeep' };

/** The variables of an operation as its fields get them (section 6.1.2 of the specification, CoerceVariableValues). */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Variables,
): CoercedVariables {
  const outcome: Outcome = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  const { variableValues, coerced = variableValues?.coerced, errors = [] } = outcome;
  if (coerced) {
    if (variableValues) valuesOfGraphql17.set(coerced, variableValues);
    return { kind: 'coerced', variables: coerced };
  }
  // It is a RangeError among GraphQLErrors.
  return errors.some((error: Error) => error instanceof RangeError) ? { kind: 'tooDeep' } : { kind: 'faulty', errors };
}

/** Of graphql-js 16 the values, of 17 the values and where they are from. */
interface Outcome {
  readonly coerced?: Variables;
  readonly variableValues?: Graphql17Variables;
  readonly errors?: readonly GraphQLError[];
}

interface Graphql17Variables {
  readonly coerced: Variables;
  readonly sources: Variables;
}

/** By the values, which are graphql-js's own object: rules and resolvers know variables as 16 gives them. */
const valuesOfGraphql17 = new WeakMap<Variables, Graphql17Variables>();

/** Coerced variables as `getArgumentValues` and `getDirectiveValues` of this graphql-js want them. */
export function toGraphqlVariables(variables: Variables): Variables {
  if (versionInfo.major < 17) return variables;
  return { ...(valuesOfGraphql17.get(variables) ?? { coerced: variables, sources: {} }) };
}

/** What the client is told of variables that are nested too deeply. */
export const tooDeep = new BadUserInputError({
  field: 'variables',
  expected: 'values that are not nested so deeply',
  got: 'deeper ones',
});
