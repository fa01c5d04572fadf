import { InternalError } from '../errors.ts';
import { allowed, type Decision, type Indeterminate, indeterminate } from './decision.ts';
import type { DecisionInput } from './decisionInput.ts';
import type { Expression } from './expression.ts';
import type { RuleDefinition } from './ruleDefinition.ts';
import { combineAny, negate } from './threeValuedLogic.ts';

/** Decides an expression for one row, with everything known. Synchronous, and creates no promise. */
export function evaluate(expression: Expression, facts: DecisionInput, parent: unknown, args: unknown): Decision {
  switch (expression.kind) {
    case 'decided':
      return expression.decision;
    case 'rule':
      return decideRule(expression.rule, facts, parent, args);
    case 'not':
      return negate(evaluate(expression.of, facts, parent, args), facts, expression);
    case 'foreign':
      return indeterminate(
        expression.rule.name,
        new InternalError('a rule of graphql-shield itself was asked synchronously'),
      );
    case 'chain':
    case 'all':
      return evaluateAll(expression.of, facts, parent, args);
    case 'any':
      return evaluateAny(expression.of, facts, parent, args);
    default:
      return expression satisfies never;
  }
}

export function decideRule(rule: RuleDefinition, facts: DecisionInput, parent: unknown, args: unknown): Decision {
  try {
    return rule.decide(facts, parent, args);
  } catch (cause) {
    // A rule that throws has not decided: neither an allow nor a denial, and under `not` neither.
    return indeterminate(rule.name, new InternalError(`the rule "${rule.name}" threw`, { cause }));
  }
}

function evaluateAll(parts: readonly Expression[], facts: DecisionInput, parent: unknown, args: unknown): Decision {
  // Logic would allow here. The compiler refuses empty rule trees, so this is never met by a plan of its making.
  if (parts.length === 0)
    return indeterminate('all of nothing', new InternalError('an all-of without rules was decided'));
  let failure: Indeterminate | undefined;
  for (const part of parts) {
    const decision = evaluate(part, facts, parent, args);
    if (decision.outcome === 'denied') return decision;
    if (decision.outcome === 'indeterminate') failure ??= decision;
  }
  return failure ?? allowed;
}

function evaluateAny(parts: readonly Expression[], facts: DecisionInput, parent: unknown, args: unknown): Decision {
  const decisions: Decision[] = [];
  for (const part of parts) {
    const decision = evaluate(part, facts, parent, args);
    if (decision.outcome === 'allowed') return decision;
    decisions.push(decision);
  }
  return combineAny(decisions);
}
