import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import {
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getVariableValues,
  OperationTypeNode,
} from 'graphql';
import type { FieldPlans } from '../../compile/compilePermissions.ts';
import { type AppError, BadUserInputError, InsufficientScopeError } from '../../errors.ts';
import type { CompilingExecutor } from '../../execute/compilingExecutor.ts';
import type { CandidatePlans } from '../../inspect/shadow.ts';
import { applyDenyModes } from '../../operation/applyDenyModes.ts';
import { authorizeBeforeExecution } from '../../operation/authorizeBeforeExecution.ts';
import { assertEnforced } from '../../operation/enforce.ts';
import type { FormatError } from '../../operation/formatError.ts';
import { toHttpHead, toRequestError } from '../../operation/httpError.ts';
import { createOperationPlanner, type OperationPlanner } from '../../operation/operationPlanner.ts';
import type { RequestContext } from '../context.ts';
import { notePlanned } from './plannedOperations.ts';
import { shadowOperation } from './shadowDecisions.ts';

interface AuthorizeOptions {
  readonly executor?: CompilingExecutor | undefined;
  readonly candidates?: CandidatePlans | undefined;
}

/**
 * Between validation and execution: plan the operation, settle the claims it needs, and answer at once when nothing of
 * it may run. An operation with faulty variables is left to execution, which refuses it before any field. What is compiled
 * is executed here; the rest is left to Apollo Server, which has graphql-js execute it.
 */
export function authorizeOperation(
  plans: FieldPlans,
  formatError: FormatError,
  { executor, candidates }: AuthorizeOptions = {},
): ApolloServerPlugin<RequestContext> {
  let planOperation: OperationPlanner;
  return {
    async serverWillStart({ schema }) {
      assertEnforced(schema, plans);
      planOperation = createOperationPlanner(schema, plans);
    },
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, operation }) {
          if (operation) refuseUnserved(schema, operation.operation);
        },
        async responseForOperation({ schema, document, operation, request, contextValue }) {
          if (!operation) return null;
          const { authorization } = contextValue;
          const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
          if (!variables.coerced) {
            // graphql-js coerces recursively, and a value can be nested more deeply than the stack goes.
            if (!variables.errors.some((error: Error) => error instanceof RangeError)) return null;
            return answer(tooDeep, [toFormatted(tooDeep, undefined)]);
          }
          const plan = planOperation(document, operation, variables.coerced);
          const planned = { plan, variables: variables.coerced };
          notePlanned(contextValue, planned);
          await authorization.loadClaims(plan.fields.keys());
          if (candidates) shadowOperation(contextValue, planned, candidates);
          const refused = authorizeBeforeExecution(operation.operation, plan, authorization, variables.coerced);
          if (refused.length === 0) {
            const parts = { schema, plans, document, operation, variables: variables.coerced };
            // Compiled operations decide without asking the guards, which tell the recorder.
            if (authorization.recorder()) return null;
            return executor?.answer(plan, parts, contextValue) ?? null;
          }
          for (const { plan: field, decision } of refused) authorization.refuse(field.coordinate, decision);
          const errors = refused.map(({ path, decision }) => toFormatted(decision.error, path));
          return answer(errorOfRequest(refused.map(({ decision }) => decision.error)), errors);
        },
        async willSendResponse({ response, contextValue: { authorization } }) {
          const outcomes = authorization.denialOutcomes();
          if (outcomes.length === 0 || response.body.kind !== 'single') return;
          response.body.singleResult = applyDenyModes(response.body.singleResult, outcomes, ({ error, path }) =>
            toFormatted(error, path),
          );
          const fatal = outcomes.filter(({ mode }) => mode === 'failOperation').map(({ error }) => error);
          if (fatal.length === 0) return;
          const { status, headers } = toHttpHead(errorOfRequest(fatal));
          response.http.status = status;
          for (const [name, value] of headers) response.http.headers.set(name, value);
        },
      };
    },
  };

  function toFormatted(error: AppError, path: readonly (string | number)[] | undefined): GraphQLFormattedError {
    const located = new GraphQLError(error.code, { path, originalError: error });
    return formatError({ message: located.message, ...(path && { path }) }, located);
  }
}

const tooDeep = new BadUserInputError({
  field: 'variables',
  expected: 'values that are not nested so deeply',
  got: 'deeper ones',
});

function answer(error: AppError, errors: readonly GraphQLFormattedError[]): GraphQLResponse {
  return {
    http: toHttpHead(error),
    body: { kind: 'single', singleResult: { errors } },
  };
}

/**
 * graphql-js lets an operation whose root type the schema lacks through validation, and executes a subscription over HTTP as
 * if it were a query. Throws for both.
 */
function refuseUnserved(schema: GraphQLSchema, type: OperationTypeNode): void {
  const served = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION].filter((one) => schema.getRootType(one));
  if (served.includes(type)) return;
  throw toRequestError(new BadUserInputError({ field: 'operation', expected: served.join(' or '), got: type }));
}

/** Which of several refusals speaks for the request: try again before sign in, sign in before ask for scopes. */
function errorOfRequest(errors: readonly AppError[]): AppError {
  const scopes = errors.flatMap((error) => (error instanceof InsufficientScopeError ? error.requiredScopes : []));
  const all = scopes.length > 0 ? [new InsufficientScopeError([...new Set(scopes)]), ...errors] : errors;
  const [first] = all.toSorted((a, b) => urgency(b) - urgency(a));
  if (!first) throw new RangeError('expected at least one refusal');
  return first;
}

function urgency(error: AppError): number {
  const order = ['FORBIDDEN', 'INSUFFICIENT_SCOPE', 'INSUFFICIENT_USER_AUTHENTICATION', 'UNAUTHENTICATED'];
  const index = order.indexOf(error.code);
  // Whatever is no denial is a failure: internal ones and outages come before every denial.
  return index === -1 ? order.length : index;
}
