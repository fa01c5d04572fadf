import type { Decision } from '../logic/decision.ts';
import { decideRule } from '../logic/evaluate.ts';
import type { Expression } from '../logic/expression.ts';
import { mapMaybePromise } from '../logic/maybePromise.ts';
import type { LookUp } from '../logic/ruleDefinition.ts';

/** The same expression, telling of each rule that is asked and of what it says. It is decided as before. */
export function traceRules(expression: Expression, onAsked: (rule: string, decision: Decision) => void): Expression {
  const tell = (rule: string, decision: Decision) => {
    onAsked(rule, decision);
    return decision;
  };
  switch (expression.kind) {
    case 'decided':
      return expression;
    case 'rule': {
      const { rule } = expression;
      const decide: typeof rule.decide = (facts, parent, args) =>
        tell(rule.name, decideRule(rule, facts, parent, args));
      const { lookUp } = rule;
      const ask: LookUp['ask'] = (facts, parent) =>
        mapMaybePromise(lookUp ? lookUp.ask(facts, parent) : decide(facts, parent, undefined), (decision) =>
          tell(rule.name, decision),
        );
      return { kind: 'rule', rule: { ...rule, decide, ...(lookUp && { lookUp: { ...lookUp, ask } }) } };
    }
    case 'foreign': {
      const { rule } = expression;
      return {
        kind: 'foreign',
        rule: { ...rule, ask: (call) => mapMaybePromise(rule.ask(call), (decision) => tell(rule.name, decision)) },
      };
    }
    case 'not':
      return { ...expression, of: traceRules(expression.of, onAsked) };
    default:
      return { ...expression, of: expression.of.map((part) => traceRules(part, onAsked)) };
  }
}
