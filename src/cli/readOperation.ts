import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { UsageError } from './exitCodes.ts';

export interface ReadOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The coerced ones. */
  readonly variables: Readonly<Record<string, unknown>>;
}

interface Given {
  /** The operation itself, or a file with it. */
  readonly text: string;
  readonly variables: string | undefined;
  readonly operationName: string | undefined;
}

/** An operation from a file or from the command line. Throws UsageError when it is none that the schema answers. */
export function readOperation(schema: GraphQLSchema, folder: string, given: Given): ReadOperation {
  const file = resolve(folder, given.text);
  const document = parseDocument(existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : given.text);
  const [fault] = validate(schema, document);
  if (fault) throw new UsageError(`QUERY: ${fault.message}`);
  const operation = getOperationAST(document, given.operationName);
  if (!operation) {
    const got = given.operationName === undefined ? 'several, or none' : `no operation ${given.operationName}`;
    throw new UsageError(`--operation: expected the name of one operation of the document; got ${got}`);
  }
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], parseVariables(given.variables));
  if (variables.errors) throw new UsageError(`--variables: ${variables.errors[0]?.message}`);
  return { document, operation, variables: variables.coerced };
}

function parseDocument(text: string): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const advice = 'expected a GraphQL operation, or a file with one';
    throw new UsageError(`QUERY: ${advice}; got ${text.slice(0, 60)} (${error.message})`, { cause: error });
  }
}

function parseVariables(text = '{}'): Readonly<Record<string, unknown>> {
  try {
    const variables: unknown = JSON.parse(text);
    if (typeof variables === 'object' && variables !== null && !Array.isArray(variables)) return { ...variables };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UsageError(`--variables: expected a JSON object; got ${text.slice(0, 60)}`);
}
