import { isSettledFor } from './claimGroups.ts';
import type { DecisionInput } from './decisionInput.ts';
import { decideRule } from './evaluate.ts';
import { decided, type Expression } from './expression.ts';
import type { FieldPlan } from './fieldPlan.ts';

/**
 * The expression with what its row rules say of this row. Rules that need claims nobody has settled are left open, and so
 * are those whose look-up nobody has asked, and those of graphql-shield itself, which only executing the field can ask.
 */
export function bindRow(expression: Expression, facts: DecisionInput, parent: unknown): Expression {
  switch (expression.kind) {
    case 'rule': {
      const { rule } = expression;
      if (rule.reads !== 'row' || !isSettledFor(rule, facts)) return expression;
      if (rule.lookUp) {
        const known = rule.lookUp.find(facts, parent);
        return known ? decided(known) : expression;
      }
      return decided(decideRule(rule, facts, parent, undefined));
    }
    case 'not':
      return { ...expression, of: bindRow(expression.of, facts, parent) };
    case 'decided':
    case 'foreign':
      return expression;
    default:
      return { ...expression, of: expression.of.map((part) => bindRow(part, facts, parent)) };
  }
}

/** The plan of a field for one row. */
export function bindPlanToRow(plan: FieldPlan, facts: DecisionInput, parent: unknown): FieldPlan {
  return {
    ...plan,
    permission: bindRow(plan.permission, facts, parent),
    masks: plan.masks.map((mask) => ({ ...mask, permission: bindRow(mask.permission, facts, parent) })),
  };
}
