import { execute, type FormattedExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql';
import type { GuardedSchema } from '../../../packages/claimgraph/src/guard/guardedSchema.ts';
import { applyDenyModes } from '../../../packages/claimgraph/src/operation/applyDenyModes.ts';
import { createAuthorization } from '../../../packages/claimgraph/src/operation/authorization.ts';
import { authorizeBeforeExecution } from '../../../packages/claimgraph/src/operation/authorizeBeforeExecution.ts';
import { createFormatError } from '../../../packages/claimgraph/src/operation/formatError.ts';
import { planOperation } from '../../../packages/claimgraph/src/operation/operationPlan.ts';
import { askedAtSeconds, type OrdersCaller } from './callers.ts';

const formatError = createFormatError(() => {});

/** What a client reads of an operation without variables. */
export async function ask(
  { schema, plans }: GuardedSchema,
  query: string,
  { principal, claims }: OrdersCaller,
): Promise<FormattedExecutionResult> {
  const document = parse(query, { noLocation: true });
  const operation = getOperationAST(document);
  if (!operation) throw new TypeError('expected one operation');
  const authorization = createAuthorization(
    principal,
    async () => claims,
    () => askedAtSeconds * 1000,
  );
  const plan = planOperation(schema, plans, document, operation, {});
  await authorization.loadClaims(plan.fields.keys());
  const refused = authorizeBeforeExecution(operation.operation, plan, authorization, {});
  if (refused.length > 0) return { errors: refused.map(({ path, decision }) => toClientError(path, decision.error)) };
  const { data = null, errors = [] } = await execute({ schema, document, contextValue: { authorization } });
  const told = errors.map((error) => toClientError(error.path ?? [], error.originalError ?? error));
  const plain = JSON.parse(JSON.stringify({ data, ...(told.length > 0 && { errors: told }) }));
  return applyDenyModes(plain, authorization.denialOutcomes(), ({ path, error }) => toClientError(path, error));
}

function toClientError(path: readonly (string | number)[], originalError: Error) {
  const located = new GraphQLError(originalError.message, { path, originalError });
  return formatError({ message: located.message, path }, located);
}
