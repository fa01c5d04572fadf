import { execute, type GraphQLError } from 'graphql';
import type { GuardedSchema } from '../compile/guardedSchema.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import type { Authorization } from '../operation/authorization.ts';
import { createDecisionRecorder, type ExecutedField } from '../operation/decisionRecorder.ts';
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
  readonly code?: ErrorCode;
  readonly message: string;
}

/** The codes of errors that no rule makes. */
const ofResolvers: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'LIMIT_EXCEEDED', 'BAD_USER_INPUT']);

/** Executes an operation, which must not be refused before it starts, with what the caller's authorization says. */
export async function runOperation(
  { schema }: GuardedSchema,
  { document, operation, variables }: ReadOperation,
  { authorization, run }: { readonly authorization: Authorization; readonly run: ProjectRun },
): Promise<OperationRun> {
  const recorder = createDecisionRecorder();
  authorization.record(recorder);
  const contextValue = await run.createContext({ requestId: 'explain', authorization });
  const operationName = operation.name?.value;
  const { errors = [] } = await execute({
    schema,
    document,
    contextValue,
    variableValues: variables,
    ...(operationName !== undefined && { operationName }),
  });
  return { executed: recorder.executed(), thrown: errors.flatMap(toThrown) };
}

function toThrown({ path = [], message, originalError }: GraphQLError): readonly ThrownError[] {
  const at = { path: path.join('.'), message };
  if (!(originalError instanceof AppError)) return [at];
  const { code } = originalError;
  return ofResolvers.has(code) ? [{ ...at, code }] : [];
}
