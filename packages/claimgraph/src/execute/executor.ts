import type { ExecutionResult } from 'graphql';
import type { MaybePromise } from '../logic/maybePromise.ts';
import type { OperationPlan } from '../operation/operationPlan.ts';
import type { OperationParts } from './compileOperation.ts';
import type { ExecutionArgs } from './executeCompiled.ts';
import type { stringifyResult } from './stringifyResult.ts';

/** Executes operations that may start, in place of graphql-js and with the same results. */
export interface Executor {
  /** At once, if no resolver waits; undefined for an operation that is left to graphql-js. */
  execute(
    plan: OperationPlan,
    parts: OperationParts,
    context: ExecutionArgs['context'],
    rootValue?: unknown,
  ): MaybePromise<ExecutionResult> | undefined;
  /** A result as JSON, whoever has made it. */
  readonly stringifyResult: typeof stringifyResult;
}
