import { execute } from 'graphql';
import type { ProjectRun } from '../defineConfig.ts';
import type { GuardedSchema } from '../graphql/guardedSchema.ts';
import { createAuthorization } from '../permissions/authorization.ts';
import { claimGroupsOf } from '../permissions/claimGroups.ts';
import { createDecisionRecorder, type ExecutedField } from '../permissions/decisionRecorder.ts';
import { claimsOfGroup, type Facts } from '../permissions/facts.ts';
import type { OperationPlan } from '../permissions/operationPlan.ts';
import { preflight } from '../permissions/preflight.ts';
import type { ReadOperation } from './readOperation.ts';

/** Executes an operation for a caller and gives what was decided row by row; nothing when the operation may not start. */
export async function runOperation(
  { schema }: GuardedSchema,
  { document, operation, variables }: ReadOperation,
  plan: OperationPlan,
  { facts, run }: { readonly facts: Facts; readonly run: ProjectRun },
): Promise<readonly ExecutedField[]> {
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
  if (preflight(operation.operation, plan, authorization, variables).length > 0) return [];
  const contextValue = await run.createContext({ requestId: 'explain', authorization });
  const operationName = operation.name?.value;
  await execute({
    schema,
    document,
    contextValue,
    variableValues: variables,
    ...(operationName !== undefined && { operationName }),
  });
  return recorder.executed();
}
