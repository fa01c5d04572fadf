import type { OperationPlan } from './operationPlan.ts';
import type { OperationShadow } from './operationShadow.ts';

/** What one operation carries from its plan to its response. It stands on the authorization in the operation's context. */
export interface OperationState {
  readonly plan: OperationPlan;
  /** The coerced ones. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Compares each decision with what a candidate map says; set, where there is one, once the claims are loaded. */
  shadow?: OperationShadow;
}
