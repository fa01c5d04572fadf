import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, OperationTypeNode } from 'graphql';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { type AppError, InternalError, OperationTooComplexError } from '../errors.ts';
import { createShadow } from '../inspect/shadow.ts';
import type { MaybePromise } from '../logic/maybePromise.ts';
import type { Authorization } from '../operation/authorization.ts';
import { argumentsOf, authorizeBeforeExecution } from '../operation/authorizeBeforeExecution.ts';
import { assertEnforced } from '../operation/enforce.ts';
import { createKeptDocuments, type KeptDocuments } from '../operation/keptDocuments.ts';
import { defaultLimits, type OperationLimits } from '../operation/limits.ts';
import { costIn, costOperation } from '../operation/operationCost.ts';
import { createOperationPlanner } from '../operation/operationPlanner.ts';
import type { OperationState } from '../operation/operationState.ts';
import { errorOfRequest } from '../operation/requestError.ts';
import { createResultMeter } from '../operation/resultMeter.ts';
import type { GuardedSchema } from './guardedSchema.ts';

/** A valid operation, with its coerced variables. */
export interface GuardedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Whether this is one event of a subscription, which has an end. */
  readonly isEvent?: boolean | undefined;
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

function refuse(error: AppError): OperationStart {
  return { refused: true, error, errors: [{ error }] };
}

export interface OperationGuardOptions {
  /** How much an operation may cost and its result may grow; `defaultLimits` unless given. */
  readonly limits?: OperationLimits;
  /** Where documents are kept with their plans; a place of its own unless given. */
  readonly documents?: KeptDocuments;
  /** Gives what refuses a document whoever asks; without it that is left to the host. */
  readonly check?: (document: DocumentNode) => AppError | undefined;
}

export function createOperationGuard(
  { schema, plans, candidates }: GuardedSchema,
  {
    limits = defaultLimits,
    check,
    documents = createKeptDocuments({ maxBytes: limits.maxKeptBytes }),
  }: OperationGuardOptions = {},
): OperationGuard {
  const planOperation = createOperationPlanner(schema, plans, documents);

  return {
    schema,
    plans,
    assertGuards: (executed) => assertEnforced(executed, plans),
    begin(authorization, { document, operation, variables, isEvent }) {
      if (authorization.operation) throw new InternalError('a session was begun twice; make one for each operation');
      const refusal = check?.(document);
      if (refusal) return refuse(refusal);
      const plan = planOperation(document, operation, variables, authorization.principal);
      const { listSize, maxCost, maxResultValues, maxExecutionMs } = limits;
      plan.cost ??= costOperation({ schema, document, operation, variables, listSize });
      const cost = costIn(plan.cost, variables);
      if (cost > maxCost) return refuse(new OperationTooComplexError('cost', cost, maxCost));
      const isEndless = operation.operation === OperationTypeNode.SUBSCRIPTION && !isEvent;
      const meter = createResultMeter({
        maxResultValues,
        maxExecutionMs: isEndless ? undefined : maxExecutionMs,
        signal: authorization.signal,
      });
      const state: OperationState = { plan, variables, meter };
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
