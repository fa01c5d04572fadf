import { type ExecutionResult, locatedError } from 'graphql';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import type { MaybePromise } from '../logic/maybePromise.ts';
import type { Authorization } from '../operation/authorization.ts';
import { unmetered } from '../operation/resultMeter.ts';
import type { ResponseObject } from './compiledSelection.ts';
import type { CompiledOperation } from './compileOperation.ts';
import { createFieldErrors, type ExecutionContext } from './executionContext.ts';

/** Who asks, with what. */
export interface ExecutionArgs {
  /** The coerced ones. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: { readonly authorization: Authorization };
  /** What the event of a subscription is; nothing for a query. */
  readonly rootValue?: unknown;
}

/** The result that graphql-js's `execute` would give; at once, if no resolver waits. */
export function executeCompiled(
  { schema, operation, fragments, root, plans }: CompiledOperation,
  { variables, context, rootValue }: ExecutionArgs,
): MaybePromise<ExecutionResult> {
  const { authorization } = context;
  const isSettled = plans.map((plan) => allowsAll(authorization, plan));
  const errors = createFieldErrors();
  const meter = authorization.operation?.meter ?? unmetered;
  const document = { schema, operation, fragments, variables };
  const run: ExecutionContext = { ...document, context, rootValue, authorization, isSettled, errors, meter };
  const succeed = (data: ResponseObject): ExecutionResult =>
    errors.list.length === 0 ? { data } : { errors: errors.list, data };
  const fail = (cause: unknown): ExecutionResult => {
    errors.add(locatedError(cause, undefined), undefined);
    return { errors: errors.list, data: null };
  };
  try {
    const data = root.execute(run, rootValue, undefined);
    return data instanceof Promise ? data.then(succeed, fail) : succeed(data);
  } catch (cause) {
    return fail(cause);
  }
}

/** Whether nothing of a field's plan is left to its arguments, its row or a rule of graphql-shield itself. */
function allowsAll(authorization: Authorization, { permission, masks }: FieldPlan): boolean {
  if (authorization.preview(permission)?.outcome !== 'allowed') return false;
  return masks.every((mask) => authorization.preview(mask.permission)?.outcome === 'allowed');
}
