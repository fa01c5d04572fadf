import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { FieldPlans } from '../compile/compilePermissions.ts';
import { type OperationPlan, planOperation } from './operationPlan.ts';
import { collectSkipIncludeVariables } from './skipIncludeVariables.ts';

/** Gives the plan of an operation; `variables` are the coerced ones. */
export type OperationPlanner = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
) => OperationPlan;

/** What is remembered of a document. Nothing of it comes from a request but which branches were taken. */
interface PlannedDocument {
  readonly conditions: Map<OperationDefinitionNode, readonly string[]>;
  readonly plans: LRUCache<string, OperationPlan>;
}

/** A client that takes more branches of one document in turn has its plans made anew; it does not get more memory. */
const maxPlansPerDocument = 16;

/**
 * Plans each operation once and remembers the plan for as long as its parsed document lives. Of the variables only those
 * in `@skip` and `@include` tell plans apart.
 */
export function createOperationPlanner(schema: GraphQLSchema, plans: FieldPlans): OperationPlanner {
  const documents = new WeakMap<DocumentNode, PlannedDocument>();

  return (document, operation, variables) => {
    let known = documents.get(document);
    if (!known) {
      known = { conditions: new Map(), plans: new LRUCache({ max: maxPlansPerDocument }) };
      documents.set(document, known);
    }
    let conditions = known.conditions.get(operation);
    if (!conditions) {
      conditions = collectSkipIncludeVariables(document, operation);
      known.conditions.set(operation, conditions);
    }
    const branches = conditions.map((name) => branchOf(name, variables)).join('');
    // No operation name has a space in it.
    const key = `${operation.name?.value ?? ''} ${branches}`;
    let plan = known.plans.get(key);
    if (!plan) {
      plan = planOperation(schema, plans, document, operation, variables);
      known.plans.set(key, plan);
    }
    return plan;
  };
}

/** Validation has seen to it that the variable is a Boolean; it may be null or not given at all. */
function branchOf(name: string, variables: Readonly<Record<string, unknown>>): 't' | 'f' | '-' {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value === true) return 't';
  return value === false ? 'f' : '-';
}
