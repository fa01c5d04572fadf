import { claimGroupsOf } from '../logic/claimGroups.ts';
import { claimsOfGroup, type DecisionInput } from '../logic/decisionInput.ts';
import { argumentsOf } from '../operation/authorizeBeforeExecution.ts';
import type { OperationPlan } from '../operation/operationPlan.ts';
import type { Principal } from '../token/principal.ts';
import type { Candidates } from './changeCandidates.ts';
import { type ExplainedField, explainClaims, explainField } from './explain.ts';
import { type WhatWouldChange, whatWouldChange } from './whatWouldChange.ts';

/** How each field of an operation is decided for a caller before anything is executed. Plain data, without claim values. */
export interface ExplainedOperation {
  readonly caller: ExplainedCaller;
  readonly claims: ReturnType<typeof explainClaims>;
  /** Those of the groups that rules of the operation read; left out where they read none. */
  readonly claimGroups?: Readonly<Record<string, ReturnType<typeof explainClaims>>>;
  /** The root fields one by one, each with its own arguments; of those below each once, where it was met first. */
  readonly fields: readonly (ExplainedField & { readonly path: string })[];
}

export interface ExplainedCaller {
  readonly kind: Principal['kind'];
  readonly tenant?: string;
  readonly subject?: string;
  readonly clientId?: string;
  readonly scopes: readonly string[];
  /** Those of the scopes that the token does not carry, but its client implies; left out when there are none. */
  readonly impliedScopes?: readonly string[];
}

/** `variables` are the coerced ones; `facts` those that the operation is decided by. */
export function explainOperation(
  { rootFields, nestedFields: below, fields }: OperationPlan,
  facts: DecisionInput,
  variables: Readonly<Record<string, unknown>>,
): ExplainedOperation {
  const groups = [...claimGroupsOf(fields.keys())].flatMap((group) => {
    return group === undefined ? [] : [[group, explainClaims(claimsOfGroup(facts, group))] as const];
  });
  return {
    caller: explainCaller(facts.principal),
    claims: explainClaims(facts.claims),
    ...(groups.length > 0 && { claimGroups: Object.fromEntries(groups) }),
    fields: [
      ...[...rootFields.values()].map((root) => ({
        path: root.responseKey,
        ...explainField(root.plan, facts, { args: argumentsOf(root, variables) }),
      })),
      ...[...below].map(([plan, path]) => ({ path: path.join('.'), ...explainField(plan, facts) })),
    ],
  };
}

/** What would change each field of an operation, in the same order as `explainOperation` tells them. */
export function whatWouldChangeOperation(
  { rootFields, nestedFields }: OperationPlan,
  facts: DecisionInput,
  variables: Readonly<Record<string, unknown>>,
  candidates: Candidates,
): readonly (WhatWouldChange & { readonly path: string })[] {
  return [
    ...[...rootFields.values()].map((root) => ({
      path: root.responseKey,
      ...whatWouldChange(root.plan, { facts, args: argumentsOf(root, variables) }, candidates),
    })),
    ...[...nestedFields].map(([plan, path]) => ({
      path: path.join('.'),
      ...whatWouldChange(plan, { facts }, candidates),
    })),
  ];
}

function explainCaller(principal: Principal): ExplainedCaller {
  const { kind, scopes } = principal;
  if (principal.kind === 'anonymous') return { kind, scopes: [...scopes] };
  const { tenant, subject, clientId, impliedScopes } = principal;
  return {
    kind,
    ...(tenant !== undefined && { tenant }),
    subject,
    clientId,
    scopes: [...scopes],
    ...(impliedScopes && { impliedScopes: [...impliedScopes] }),
  };
}
