import { execute, type GraphQLError } from 'graphql';
import { AppError } from '../errors.ts';
import type { GuardedSchema } from '../guard/guardedSchema.ts';
import type { Authorization } from '../operation/authorization.ts';
import { createDecisionRecorder, type ExecutedField } from '../operation/decisionRecorder.ts';
import { causeOf } from '../operation/guardError.ts';
import type { ProjectRun } from './defineConfig.ts';
import type { ReadOperation } from './readOperation.ts';

/** What came of an operation that was executed. */
export interface OperationRun {
  /** What was decided row by row. */
  readonly executed: readonly ExecutedField[];
  /** What resolvers threw. Refusals are not among them, nor are rules that threw: these are decisions. */
  readonly thrown: readonly ThrownError[];
}

export interface ThrownError {
  readonly path: string;
  /** Where the client would read another than INTERNAL_SERVER_ERROR. */
  readonly code?: string;
  readonly message: string;
}

/** Executes an operation, which must not be refused before it starts, with what the caller's authorization says. */
export async function runOperation(
  { schema }: GuardedSchema,
  { document, operation, variables }: ReadOperation,
  { authorization, run }: { readonly authorization: Authorization; readonly run: ProjectRun },
): Promise<OperationRun> {
  const recorder = createDecisionRecorder();
  authorization.record(recorder);
  const refusals = new Set<unknown>();
  const watched: Authorization = {
    ...authorization,
    refuse(coordinate, decision) {
      refusals.add(decision.error);
      authorization.refuse(coordinate, decision);
    },
  };
  const contextValue = await run.createContext({ requestId: 'explain', authorization: watched });
  const operationName = operation.name?.value;
  const { errors = [] } = await execute({
    schema,
    document,
    contextValue,
    variableValues: variables,
    ...(operationName !== undefined && { operationName }),
  });
  return {
    executed: recorder.executed(),
    thrown: errors.filter((error) => !refusals.has(causeOf(error))).map(toThrown),
  };
}

function toThrown(error: GraphQLError): ThrownError {
  const at = { path: (error.path ?? []).join('.'), message: error.message };
  const cause = causeOf(error);
  return cause instanceof AppError && cause.clientMessage !== undefined ? { ...at, code: cause.code } : at;
}
