import { type ClaimGroup, claimsOfGroup, type DecisionInput } from './decisionInput.ts';
import { type Expression, someRule } from './expression.ts';
import type { FieldPlan } from './fieldPlan.ts';
import type { RuleDefinition } from './ruleDefinition.ts';

const none: readonly ClaimGroup[] = [];
const ungrouped: readonly ClaimGroup[] = [undefined];

/** The groups whose claims a rule reads; undefined stands for the claims of no group. */
function groupsOfRule({ readsClaims, claimGroup, claimGroups }: RuleDefinition): readonly ClaimGroup[] {
  if (!readsClaims) return none;
  return claimGroups ?? (claimGroup === undefined ? ungrouped : [claimGroup]);
}

/** Adds the groups whose claims some rule of the expression reads: given facts, those that are not settled by them. */
export function addClaimGroups(expression: Expression, groups: Set<ClaimGroup>, facts?: DecisionInput): void {
  switch (expression.kind) {
    case 'decided':
    case 'foreign':
      return;
    case 'rule':
      for (const group of groupsOfRule(expression.rule)) {
        if (!facts || claimsOfGroup(facts, group).state === 'not-loaded') groups.add(group);
      }
      return;
    case 'not':
      addClaimGroups(expression.of, groups, facts);
      return;
    default:
      for (const part of expression.of) addClaimGroups(part, groups, facts);
  }
}

export function claimGroupsOf(plans: Iterable<Pick<FieldPlan, 'permission' | 'masks'>>): ReadonlySet<ClaimGroup> {
  const groups = new Set<ClaimGroup>();
  for (const { permission, masks } of plans) {
    for (const { permission: read } of [{ permission }, ...masks]) addClaimGroups(read, groups);
  }
  return groups;
}

/** Whether the claims that a rule reads have been asked for, in all of its groups. */
export function isSettledFor(rule: RuleDefinition, facts: DecisionInput): boolean {
  if (!rule.readsClaims) return true;
  const isSettled = (group: ClaimGroup) => claimsOfGroup(facts, group).state !== 'not-loaded';
  return rule.claimGroups ? rule.claimGroups.every(isSettled) : isSettled(rule.claimGroup);
}

/** Whether some rule of the expression reads claims that have not been asked for. */
export function awaitsClaims(expression: Expression, facts: DecisionInput): boolean {
  return someRule(expression, (rule) => !isSettledFor(rule, facts));
}
