import { isSettledFor } from './claimGroups.ts';
import type { Facts } from './decisionInput.ts';
import { decideRule } from './evaluate.ts';
import { decided, type Expression } from './expression.ts';
import type { FieldPlan } from './fieldPlan.ts';

/**
 * The expression with what its row rules say of this row. Rules that need claims nobody has settled are left open, and so
 * are those of graphql-shield itself, which only executing the field can ask.
 */
export function decideRows(expression: Expression, facts: Facts, parent: unknown): Expression {
  switch (expression.kind) {
    case 'rule': {
      const { rule } = expression;
      if (rule.reads !== 'row' || !isSettledFor(rule, facts)) return expression;
      return decided(decideRule(rule, facts, parent, undefined));
    }
    case 'not':
      return { ...expression, of: decideRows(expression.of, facts, parent) };
    case 'decided':
    case 'foreign':
      return expression;
    default:
      return { ...expression, of: expression.of.map((part) => decideRows(part, facts, parent)) };
  }
}

/** The plan of a field for one row. */
export function planForRow(plan: FieldPlan, facts: Facts, parent: unknown): FieldPlan {
  return {
    ...plan,
    permission: decideRows(plan.permission, facts, parent),
    masks: plan.masks.map((mask) => ({ ...mask, permission: decideRows(mask.permission, facts, parent) })),
  };
}
