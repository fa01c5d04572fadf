import type { GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { AppError, ForbiddenError, InsufficientUserAuthenticationError } from '../errors.ts';
import { claimsFor, type DecisionInput } from '../logic/decisionInput.ts';
import { someRule } from '../logic/expression.ts';
import { type FieldPlan, type InputPlan, inputPlansOf } from '../logic/fieldPlan.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { verdictOf } from '../logic/verdict.ts';
import type { Authorization } from '../operation/authorization.ts';
import { authorizationOf } from '../operation/authorizationOf.ts';
import { toGuardError } from '../operation/guardError.ts';
import { showInPlaceOf } from './introspectionFields.ts';
import { reachableSchema } from './reachableSchema.ts';

/** Schemas differ by what callers can reach, so by roles and scopes and not by persons. */
const maxSchemas = 50;

/**
 * From now on introspection of this schema, whoever serves it, shows each caller only what they can ever reach: fields that
 * token and claims refuse whatever the row and the arguments are left out, and with them the types behind them, and so are
 * input fields and enum values that the caller may not use. A refusal that signing in again lifts leaves a field in. While the claims cannot be read, introspection is CLAIMS_UNAVAILABLE.
 */
export function introspectByCaller(schema: GraphQLSchema, plans: FieldPlans): void {
  const all = [...plans.values()];
  const shown = [...all, ...inputPlansOf(all)];
  const schemas = new LRUCache<string, GraphQLSchema>({ max: maxSchemas });

  showInPlaceOf(schema, async (context) => {
    try {
      return await schemaOf(authorizationOf(context));
    } catch (error) {
      throw error instanceof AppError ? toGuardError(error) : error;
    }
  });

  async function schemaOf(authorization: Authorization): Promise<GraphQLSchema> {
    await authorization.loadClaims(all);
    assertReadable(all, authorization.facts());
    const isHidden = shown.map((plan) => !isReachable(plan, authorization));
    const key = isHidden.map(Number).join('');
    const known = schemas.get(key);
    if (known) return known;
    const hidden = new Set(shown.flatMap(({ coordinate }, index) => (isHidden[index] ? [coordinate] : [])));
    const part = reachableSchema(schema, (coordinate) => !hidden.has(coordinate));
    if (!part) throw new ForbiddenError('reaches a field of the schema');
    schemas.set(key, part);
    return part;
  }
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

function isReachable(plan: FieldPlan | InputPlan, authorization: Authorization): boolean {
  const verdict = verdictOf(plan, authorization.facts());
  if (verdict.outcome === 'denied') return verdict.error instanceof InsufficientUserAuthenticationError;
  return verdict.outcome !== 'indeterminate';
}
