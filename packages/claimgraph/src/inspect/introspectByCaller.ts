import { type GraphQLSchema, SchemaMetaFieldDef, TypeMetaFieldDef } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { ForbiddenError, InternalError } from '../errors.ts';
import { claimsFor, type DecisionInput } from '../logic/decisionInput.ts';
import { someRule } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { verdictOf } from '../logic/verdict.ts';
import type { Authorization } from '../operation/authorization.ts';
import type { RuleDefinition } from '../rules/defineRule.ts';
import { reachableSchema } from './reachableSchema.ts';

/** Schemas differ by what callers can reach, so by roles and scopes and not by persons. */
const maxSchemas = 50;

/**
 * From now on introspection of this schema, whoever serves it, shows each caller only what they can ever reach: fields that
 * token and claims refuse whatever the row and the arguments are left out, and with them the types behind them. A refusal
 * that signing in again lifts leaves a field in. While the claims cannot be read, introspection is CLAIMS_UNAVAILABLE.
 */
export function introspectByCaller(schema: GraphQLSchema, plans: FieldPlans): void {
  const all = [...plans.values()];
  const schemas = new LRUCache<string, GraphQLSchema>({ max: maxSchemas });
  schemasByCaller.set(schema, async (authorization) => {
    await authorization.loadClaims(all);
    assertReadable(all, authorization.facts());
    const reachable = new Set(all.filter((plan) => isReachable(plan, authorization)));
    const key = all.map((plan) => (reachable.has(plan) ? '1' : '0')).join('');
    const known = schemas.get(key);
    if (known) return known;
    const coordinates = new Set([...reachable].map(({ coordinate }) => coordinate));
    const part = reachableSchema(schema, (coordinate) => coordinates.has(coordinate));
    if (!part) throw new ForbiddenError('reaches a field of the schema');
    schemas.set(key, part);
    return part;
  });
}

/** Throws ClaimsUnavailableError when some rule may not see the claims that it reads: what it would say, nobody knows. */
function assertReadable(plans: readonly FieldPlan[], facts: DecisionInput): void {
  const assertOf = (rule: RuleDefinition) => {
    const claims = claimsFor(rule, facts);
    if (rule.readsClaims && claims.state === 'unavailable') throw claims.error;
    return false;
  };
  for (const { permission, masks } of plans) {
    someRule(permission, assertOf);
    for (const mask of masks) someRule(mask.permission, assertOf);
  }
}

function isReachable(plan: FieldPlan, authorization: Authorization): boolean {
  const verdict = verdictOf(plan, authorization.facts());
  if (verdict.outcome === 'denied') return verdict.error.code === 'INSUFFICIENT_USER_AUTHENTICATION';
  return verdict.outcome !== 'indeterminate';
}

const schemasByCaller = new WeakMap<GraphQLSchema, (authorization: Authorization) => Promise<GraphQLSchema>>();

// graphql-js 16.15 answers `__schema` and `__type` of all schemas by one definition each, wherever they stand (also below
// the root, where a field gives the query type again), and offers no other place to say what they show. Other schemas are
// answered as before. This can go when introspection takes a resolver of its own.
const showSchema = SchemaMetaFieldDef.resolve;
const showType = TypeMetaFieldDef.resolve;

SchemaMetaFieldDef.resolve = (source, args, context, info) => {
  const ofCaller = schemaOfCaller(info.schema, context);
  return ofCaller ?? showSchema?.(source, args, context, info);
};

TypeMetaFieldDef.resolve = (source, args, context, info) => {
  const ofCaller = schemaOfCaller(info.schema, context);
  return ofCaller
    ? ofCaller.then((schema) => showType?.(source, args, context, { ...info, schema }))
    : showType?.(source, args, context, info);
};

function schemaOfCaller(schema: GraphQLSchema, context: unknown): Promise<GraphQLSchema> | undefined {
  return schemasByCaller.get(schema)?.(authorizationOf(context));
}

function authorizationOf(context: unknown): Authorization {
  if (typeof context === 'object' && context !== null && 'authorization' in context && context.authorization) {
    return context.authorization as Authorization;
  }
  throw new InternalError('introspection was executed with a context that has no authorization');
}
