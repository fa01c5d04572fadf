import type { ExecutionResult } from 'graphql';
import { mapMaybePromise } from '../logic/maybePromise.ts';
import { type CompilingOptions, createCompiledOperations } from './compiledOperations.ts';
import { executeCompiled } from './executeCompiled.ts';
import type { Executor } from './executor.ts';
import { stringifyResult, trackResult } from './stringifyResult.ts';

/**
 * Executes the queries, and events of subscriptions, that are asked often from a compiled form. Not by graphql-jit: 0.8.9 never answers when `resolveType`
 * throws behind a promise, calls resolvers that graphql-js does not, and reads methods and promises as values.
 */
export function createCompilingExecutor(options: CompilingOptions): Executor {
  const operations = createCompiledOperations(options);
  return {
    execute(plan, parts, context, rootValue) {
      const compiled = operations.find(plan, parts, context.authorization.principal);
      if (!compiled) return undefined;
      const executed = executeCompiled(compiled, { variables: parts.variables, context, rootValue });
      return mapMaybePromise<ExecutionResult, ExecutionResult>(executed, (result) => {
        if (result.data) trackResult(result.data, compiled);
        return result;
      });
    },
    stringifyResult,
  };
}
