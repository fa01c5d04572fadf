import type { OperationPlan } from '../../operation/operationPlan.ts';
import type { RequestContext } from '../context.ts';

/** An operation as it was planned, for who tells of it afterwards. */
export interface PlannedOperation {
  readonly plan: OperationPlan;
  /** The coerced ones. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const planned = new WeakMap<RequestContext, PlannedOperation>();

export function notePlanned(context: RequestContext, operation: PlannedOperation): void {
  planned.set(context, operation);
}

/** Undefined for a request that was refused before it was planned. */
export function plannedFor(context: RequestContext): PlannedOperation | undefined {
  return planned.get(context);
}
