import type { Decision } from './decision.ts';
import type { Expression } from './expression.ts';
import type { RuleDefinition } from './ruleDefinition.ts';

/** Whether two expressions decide alike whatever they are asked, as far as that can be seen: like trees of the very same rules. */
export function isSameExpression(one: Expression, other: Expression): boolean {
  if (one === other) return true;
  switch (one.kind) {
    case 'decided':
      return other.kind === 'decided' && isSameDecision(one.decision, other.decision);
    case 'rule':
      return other.kind === 'rule' && isSameRule(one.rule, other.rule);
    case 'foreign':
      return other.kind === 'foreign' && one.rule.madeOf === other.rule.madeOf;
    case 'not':
      return (
        other.kind === 'not' &&
        one.holdsForAnonymous === other.holdsForAnonymous &&
        isSameDecision(one.otherwise, other.otherwise) &&
        one.otherwise.error.constructor === other.otherwise.error.constructor &&
        isSameExpression(one.of, other.of)
      );
    default: {
      if (other.kind !== one.kind || other.of.length !== one.of.length) return false;
      const { of } = other;
      return one.of.every((part, index) => {
        const counterpart = of[index];
        return counterpart !== undefined && isSameExpression(part, counterpart);
      });
    }
  }
}

/** Of each map a rule is compiled anew; what its author wrote is the same object. */
function isSameRule(one: RuleDefinition, other: RuleDefinition): boolean {
  if (one === other) return true;
  const isOfOne = one.madeOf !== undefined && one.madeOf === other.madeOf;
  return isOfOne && one.fresh === other.fresh && one.claimGroup === other.claimGroup;
}

function isSameDecision(one: Decision, other: Decision): boolean {
  if (one.outcome === 'allowed' || other.outcome === 'allowed') return one.outcome === other.outcome;
  return one.error.code === other.error.code;
}
