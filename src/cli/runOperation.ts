import { execute } from 'graphql';
import type { ProjectRun } from '../defineConfig.ts';
import { AppError } from '../errors.ts';
import type { GuardedSchema } from '../graphql/guardedSchema.ts';
import { createAuthorization } from '../permissions/authorization.ts';
import { claimGroupsOf } from '../permissions/claimGroups.ts';
import { createDecisionRecorder, type ExecutedField } from '../permissions/decisionRecorder.ts';
import { claimsOfGroup, type Facts } from '../permissions/facts.ts';
import type { OperationPlan } from '../permissions/operationPlan.ts';
import { preflight } from '../permissions/preflight.ts';
import type { ReadOperation } from './readOperation.ts';

/** What came of an operation that was executed; undefined when it may not start. */
export interface OperationRun {
  /** What was decided row by row. */
  readonly executed: readonly ExecutedField[];
  /** What resolvers threw. Refusals are not among them, nor are rules that threw: these are decisions. */
  readonly thrown: readonly { readonly path: string; readonly message: string }[];
}

/** Executes an operation for a caller. */
export async function runOperation(
  { schema }: GuardedSchema,
  { document, operation, variables }: ReadOperation,
  plan: OperationPlan,
  { facts, run }: { readonly facts: Facts; readonly run: ProjectRun },
): Promise<OperationRun | undefined> {
  const { principal } = facts;
  const known = async (group?: string) => {
    const claims = claimsOfGroup(facts, group);
    if (claims.state === 'unsettled') throw new TypeError('the claims of a persona are known');
    return claims;
  };
  const names = [...claimGroupsOf(plan.fields.keys())].filter((group) => group !== undefined);
  const authorization = createAuthorization(
    principal,
    () => known(),
    () => facts.nowSeconds * 1000,
    { names, load: known },
  );
  const recorder = createDecisionRecorder();
  authorization.record(recorder);
  await authorization.settle(plan.fields.keys());
  if (preflight(operation.operation, plan, authorization, variables).length > 0) return undefined;
  const contextValue = await run.createContext({ requestId: 'explain', authorization });
  const operationName = operation.name?.value;
  const { errors = [] } = await execute({
    schema,
    document,
    contextValue,
    variableValues: variables,
    ...(operationName !== undefined && { operationName }),
  });
  const thrown = errors.filter(({ originalError }) => !(originalError instanceof AppError));
  return {
    executed: recorder.executed(),
    thrown: thrown.map(({ path = [], message }) => ({ path: path.join('.'), message })),
  };
}
