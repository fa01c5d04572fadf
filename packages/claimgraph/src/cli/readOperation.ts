import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  Source,
  validate,
} from 'graphql';
import { describeDocumentError } from '../compile/documentErrors.ts';
import { readTextFile } from '../files/readTextFile.ts';
import { coerceVariables } from '../operation/coerceVariables.ts';
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
  const document = parseDocument(readSource(folder, given.text));
  const faults = validate(schema, document);
  if (faults.length > 0) throw new UsageError(faults.map(describeDocumentError).join('\n'));
  const operation = getOperationAST(document, given.operationName);
  if (!operation) {
    const got = given.operationName === undefined ? 'several, or none' : `no operation ${given.operationName}`;
    throw new UsageError(`--operation: expected the name of one operation of the document; got ${got}`);
  }
  // No rule of validation says so (graphql-js 16.15).
  if (!schema.getRootType(operation.operation)) {
    throw new UsageError(
      `QUERY: expected an operation of the schema; got a ${operation.operation}, which it has none of`,
    );
  }
  const coerced = coerceVariables(schema, operation, parseVariables(given.variables));
  if (coerced.kind === 'tooDeep') throw new UsageError('--variables: expected values that are not nested so deeply');
  if (coerced.kind === 'faulty') throw new UsageError(`--variables: ${coerced.errors[0]?.message}`);
  return { document, operation, variables: coerced.variables };
}

function readSource(folder: string, text: string): Source {
  const file = resolve(folder, text);
  if (existsSync(file) && statSync(file).isFile()) return new Source(readTextFile(file), text);
  if (text.includes('{')) return new Source(text, 'QUERY');
  throw new UsageError(`expected a GraphQL operation, or a file with one; got ${text || 'nothing'}, which is neither`);
}

function parseDocument(source: Source): DocumentNode {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new UsageError(describeDocumentError(error), { cause: error });
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
