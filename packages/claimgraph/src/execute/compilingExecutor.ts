import type { GraphQLResponse } from '@apollo/server';
import type { ExecutionResult } from 'graphql';
import { type MaybePromise, mapMaybePromise } from '../logic/maybePromise.ts';
import type { FormatError } from '../operation/formatError.ts';
import type { OperationPlan } from '../operation/operationPlan.ts';
import { type CompilingOptions, createCompiledOperations } from './compiledOperations.ts';
import type { OperationParts } from './compileOperation.ts';
import { type ExecutionArgs, executeCompiled } from './executeCompiled.ts';
import { createResultWriter, type ResultWriter } from './stringifyResult.ts';
import { toResponse } from './toResponse.ts';

export interface CompilingExecutor {
  /** The response to an operation that may start; undefined for one that is left to graphql-js. */
  answer(
    plan: OperationPlan,
    parts: OperationParts,
    context: ExecutionArgs['context'],
  ): MaybePromise<GraphQLResponse> | undefined;
  /** Apollo Server's option of this name. */
  readonly stringifyResult: ResultWriter['stringifyResult'];
}

/**
 * Executes the queries that are asked often from a compiled form. Not by graphql-jit: 0.8.9 never answers when `resolveType`
 * throws behind a promise, calls resolvers that graphql-js does not, and reads methods and promises as values.
 */
export function createCompilingExecutor(options: CompilingOptions, formatError: FormatError): CompilingExecutor {
  const operations = createCompiledOperations(options);
  const { trackResult, stringifyResult } = createResultWriter();
  return {
    answer(plan, parts, context) {
      const compiled = operations.find(plan, parts);
      if (!compiled) return undefined;
      return mapMaybePromise<ExecutionResult, GraphQLResponse>(
        executeCompiled(compiled, { variables: parts.variables, context }),
        (result) => {
          if (result.data) trackResult(result.data, compiled);
          return toResponse(result, formatError);
        },
      );
    },
    stringifyResult,
  };
}
