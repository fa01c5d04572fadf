import { type GraphQLError, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { BadUserInputError } from '../errors.ts';

export type CoercedVariables =
  | { readonly kind: 'coerced'; readonly variables: Readonly<Record<string, unknown>> }
  | { readonly kind: 'faulty'; readonly errors: readonly GraphQLError[] }
  /** graphql-js coerces recursively, and a value can be nested more deeply than the stack goes. */
  | { readonly kind: 'tooDeep' };

/** The variables of an operation as its fields get them (section 6.1.2 of the specification, CoerceVariableValues). */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (coerced) return { kind: 'coerced', variables: coerced };
  // It is a RangeError among GraphQLErrors.
  return errors.some((error: Error) => error instanceof RangeError) ? { kind: 'tooDeep' } : { kind: 'faulty', errors };
}

/** What the client is told of variables that are nested too deeply. */
export const tooDeep = new BadUserInputError({
  field: 'variables',
  expected: 'values that are not nested so deeply',
  got: 'deeper ones',
});
