import type { OperationPlan } from './operationPlan.ts';
import type { OperationShadow } from './operationShadow.ts';
import type { ResultMeter } from './resultMeter.ts';

/** What one operation carries from its plan to its response. It stands on the authorization in the operation's context. */
export interface OperationState {
  readonly plan: OperationPlan;
  /** The coerced ones. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Follows the execution while its result grows. */
  readonly meter: ResultMeter;
  /** Compares each decision with what a candidate map says; set, where there is one, once the claims are loaded. */
  shadow?: OperationShadow;
}
