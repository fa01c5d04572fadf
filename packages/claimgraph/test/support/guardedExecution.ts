import type { IExecutableSchemaDefinition } from '@graphql-tools/schema';
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { PermissionMap } from '../../src/compile/compilePermissions.ts';
import { AppError } from '../../src/errors.ts';
import { createGuardedSchema, type GuardedSchema } from '../../src/guard/guardedSchema.ts';
import { type Authorization, createAuthorization } from '../../src/operation/authorization.ts';
import { authorizeBeforeExecution, type FieldDenial } from '../../src/operation/authorizeBeforeExecution.ts';
import { causeOf } from '../../src/operation/guardError.ts';
import { type OperationPlan, planOperation } from '../../src/operation/operationPlan.ts';
import { anonymous, type Principal } from '../../src/token/principal.ts';
import { type SettledClaims, withoutRecord } from './callers.ts';

/** One operation of one caller, on its way through the engine. */
export interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly principal?: Principal;
  readonly claims?: SettledClaims;
}

/** A field that was not given out, as a client would see it. */
export interface Failure {
  readonly path: string;
  readonly code: string;
}

export function guard(
  typeDefs: string,
  permissions: PermissionMap,
  resolvers: IExecutableSchemaDefinition['resolvers'] = {},
): GuardedSchema {
  return createGuardedSchema({ typeDefs: [typeDefs], resolvers, permissions });
}

/** The caller's decisions, and how often the claims were loaded for them. */
export function authorize(principal: Principal = anonymous, claims: SettledClaims = withoutRecord) {
  let loads = 0;
  const authorization: Authorization = createAuthorization(principal, async () => {
    loads += 1;
    return claims;
  });
  return { authorization, loads: () => loads };
}

/** The document must be valid: what graphql-js refuses never reaches the engine. */
export function readOperation(schema: GraphQLSchema, { query, operationName, variables = {} }: Operation) {
  const document = parse(query);
  const faults = validate(schema, document);
  if (faults[0]) throw faults[0];
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new TypeError(`expected an operation named ${operationName} in: ${query}`);
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!coerced) throw new AggregateError(errors, 'expected usable variables');
  return { document, operation, variables: coerced };
}

export function planOf({ schema, plans }: GuardedSchema, of: Operation): OperationPlan {
  const { document, operation, variables } = readOperation(schema, of);
  return planOperation(schema, plans, document, operation, variables);
}

/** What `authorizeOperation` does between validation and execution. */
export async function preflightOf(guarded: GuardedSchema, of: Operation) {
  const { schema, plans } = guarded;
  const { document, operation, variables } = readOperation(schema, of);
  const caller = authorize(of.principal, of.claims);
  const plan = planOperation(schema, plans, document, operation, variables);
  await caller.authorization.loadClaims(plan.fields.keys());
  const refused = authorizeBeforeExecution(operation.operation, plan, caller.authorization, variables);
  return { ...caller, refused: refused.map(toRefusal), document, operation };
}

/** The whole way of an operation; `data` is undefined when it did not start. */
export async function executeGuarded(guarded: GuardedSchema, of: Operation) {
  const { authorization, loads, refused, document, operation } = await preflightOf(guarded, of);
  if (refused.length > 0) {
    return { data: undefined, failures: refused, loads: loads(), refusals: authorization.refusals() };
  }
  const result = await execute(executionOf(guarded.schema, document, operation, of, { authorization }));
  return { ...toOutcome(result), loads: loads(), refusals: authorization.refusals() };
}

/** graphql-js's executor with claims already settled; throws when it gives a promise. */
export function executeSync(guarded: GuardedSchema, of: Operation, authorization: Authorization) {
  const { document, operation } = readOperation(guarded.schema, of);
  const result = execute(executionOf(guarded.schema, document, operation, of, { authorization }));
  if ('then' in result) throw new TypeError('expected the result at once, got a promise');
  return toOutcome(result);
}

export function toOutcome({ data, errors = [] }: ExecutionResult) {
  // Results have null prototypes; as JSON they compare with plain objects.
  const plain: unknown = JSON.parse(JSON.stringify(data ?? null));
  return {
    data: plain,
    failures: errors.map((error) => toFailure(error.path ?? [], causeOf(error))),
  };
}

function toRefusal({ path, decision: { error } }: FieldDenial): Failure {
  return toFailure(path, error);
}

function toFailure(path: readonly (string | number)[], error: unknown): Failure {
  return { path: path.join('.'), code: error instanceof AppError ? error.code : `not an AppError: ${error}` };
}

function executionOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  { variables = {}, operationName }: Operation,
  contextValue: unknown,
): ExecutionArgs {
  const name = operationName ?? operation.name?.value;
  return {
    schema,
    document,
    variableValues: variables,
    contextValue,
    ...(name !== undefined && { operationName: name }),
  };
}
