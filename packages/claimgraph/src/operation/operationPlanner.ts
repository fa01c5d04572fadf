import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import type { Principal } from '../token/principal.ts';
import { bytesPerToken, type KeptDocuments, tokensOf } from './keptDocuments.ts';
import { type KeptPlan, type OperationPlan, planOperation } from './operationPlan.ts';
import { collectSkipIncludeVariables } from './skipIncludeVariables.ts';

/** Gives the plan of an operation that somebody sends; `variables` are the coerced ones. */
export type OperationPlanner = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  caller: Principal,
) => OperationPlan;

/**
 * Plans each operation once for as long as its document is kept. Of the variables only those in `@skip` and `@include` tell
 * plans apart, and nothing of a plan comes from a request but which branches were taken.
 */
export function createOperationPlanner(
  schema: GraphQLSchema,
  plans: FieldPlans,
  documents: KeptDocuments,
): OperationPlanner {
  return (document, operation, variables, caller) => {
    const kept = documents.of(document, caller);
    if (!kept) return planOperation(schema, plans, document, operation, variables);
    let conditions = kept.conditions.get(operation);
    if (!conditions) {
      conditions = collectSkipIncludeVariables(document, operation);
      kept.conditions.set(operation, conditions);
    }
    const branches = conditions.map((name) => branchOf(name, variables)).join('');
    // No operation name has a space in it.
    const key = `${operation.name?.value ?? ''} ${branches}`;
    let plan = kept.plans.get(key);
    if (!plan) {
      plan = planOperation(schema, plans, document, operation, variables);
      plan.kept = keepPlan((bytes) => documents.grow(document, bytes));
      kept.plans.set(key, plan);
      plan.kept.grow(bytesPerToken.plan * tokensOf(document));
    }
    return plan;
  };
}

function keepPlan(grow: (bytes: number) => void): KeptPlan {
  let taken = 0;
  let isDropped = false;
  return {
    grow(bytes) {
      if (isDropped) return;
      taken += bytes;
      grow(bytes);
    },
    drop() {
      isDropped = true;
      grow(-taken);
    },
  };
}

/** Validation has seen to it that the variable is a Boolean; it may be null or not given at all. */
function branchOf(name: string, variables: Readonly<Record<string, unknown>>): 't' | 'f' | '-' {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === true) return 't';
  return value === false ? 'f' : '-';
}
