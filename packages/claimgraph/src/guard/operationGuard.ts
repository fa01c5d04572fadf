import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { type AppError, InternalError } from '../errors.ts';
import { createShadow } from '../inspect/shadow.ts';
import type { MaybePromise } from '../logic/maybePromise.ts';
import type { Authorization } from '../operation/authorization.ts';
import { argumentsOf, authorizeBeforeExecution } from '../operation/authorizeBeforeExecution.ts';
import { assertEnforced } from '../operation/enforce.ts';
import { createOperationPlanner } from '../operation/operationPlanner.ts';
import type { OperationState } from '../operation/operationState.ts';
import { errorOfRequest } from '../operation/requestError.ts';
import type { GuardedSchema } from './guardedSchema.ts';

/** A valid operation, with its coerced variables. */
export interface GuardedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Whether an operation may be executed; if not, why: the error that speaks for the request, and each field's. */
export type OperationStart =
  | { readonly refused: false }
  | { readonly refused: true; readonly error: AppError; readonly errors: readonly RefusedField[] };

/** An error of a request that is refused, and the field that it is about, if it is about one. */
export interface RefusedField {
  readonly error: AppError;
  readonly path?: readonly (string | number)[] | undefined;
}

/** What every host does between validation and execution. */
export interface OperationGuard {
  readonly schema: GraphQLSchema;
  readonly plans: FieldPlans;
  /** Throws ConfigurationError for a schema about to be executed that has a field which no plan guards. */
  assertGuards(schema: GraphQLSchema): void;
  /**
   * Plans the operation, loads the claims that it needs, and decides whether it may start. At once when no claims have to
   * be loaded. From then on the operation stands on its authorization, which is of this operation alone.
   */
  begin(authorization: Authorization, operation: GuardedOperation): MaybePromise<OperationStart>;
}

const mayStart: OperationStart = { refused: false };

/** `check` gives what refuses a document whoever asks; without one that is left to the host. */
export function createOperationGuard(
  { schema, plans, candidates }: GuardedSchema,
  check?: (document: DocumentNode) => AppError | undefined,
): OperationGuard {
  const planOperation = createOperationPlanner(schema, plans);

  return {
    schema,
    plans,
    assertGuards: (executed) => assertEnforced(executed, plans),
    begin(authorization, { document, operation, variables }) {
      if (authorization.operation) throw new InternalError('a session was begun twice; make one for each operation');
      const refusal = check?.(document);
      if (refusal) return { refused: true, error: refusal, errors: [{ error: refusal }] };
      const plan = planOperation(document, operation, variables);
      const state: OperationState = { plan, variables };
      authorization.operation = state;
      const loading = authorization.loadClaims(plan.fields.keys());
      return loading
        ? loading.then(() => decide(authorization, state, operation))
        : decide(authorization, state, operation);
    },
  };

  function decide(
    authorization: Authorization,
    state: OperationState,
    { operation }: OperationDefinitionNode,
  ): OperationStart {
    const { plan, variables } = state;
    if (candidates) {
      const roots = [...plan.rootFields.values()].map((root) => ({
        plan: root.plan,
        args: argumentsOf(root, variables),
      }));
      const asked = { roots, below: [...plan.nestedFields.keys()], hasMetaFields: plan.hasMetaFields };
      state.shadow = createShadow(candidates, asked, authorization.facts());
    }
    const denials = authorizeBeforeExecution(operation, plan, authorization, variables);
    if (denials.length === 0) return mayStart;
    for (const { plan: field, decision } of denials) authorization.refuse(field.coordinate, decision);
    const errors = denials.map(({ path, decision: { error } }) => ({ path, error }));
    return { refused: true, error: errorOfRequest(errors.map(({ error }) => error)), errors };
  }
}
