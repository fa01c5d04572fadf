import { isSettledFor } from './claimGroups.ts';
import { claimsFor, type DecisionInput } from './decisionInput.ts';
import { decideRule } from './evaluate.ts';
import { decided, type Expression } from './expression.ts';
import type { RuleDefinition } from './ruleDefinition.ts';
import { combineAll, combineAny, negate } from './threeValuedLogic.ts';

/**
 * How much is known when an expression is reduced: before the claims are loaded, after (of those groups that were), or with
 * a root field's arguments.
 */
export type EvaluationPhase = 'token' | 'facts' | 'arguments';

/**
 * Decides what can be decided from what is known and gives back what is left: a `decided` expression when nothing is.
 * Strong Kleene logic: all-of is denied as soon as one is denied, any-of is allowed as soon as one is allowed, whatever
 * the indeterminate others would say.
 */
export function partialEvaluate(
  expression: Expression,
  facts: DecisionInput,
  knowledge: EvaluationPhase,
  args?: unknown,
): Expression {
  switch (expression.kind) {
    case 'decided':
      return expression;
    case 'rule':
      return isKnown(expression.rule, facts, knowledge)
        ? decided(decideRule(expression.rule, facts, undefined, args))
        : expression;
    case 'not': {
      const of = partialEvaluate(expression.of, facts, knowledge, args);
      return of.kind === 'decided' ? decided(negate(of.decision, facts, expression)) : { ...expression, of };
    }
    case 'foreign':
      return expression;
    case 'chain': {
      const parts = expression.of.map((part) => partialEvaluate(part, facts, knowledge, args));
      const known = combine('all', parts);
      // In the order they had, failures too: nothing behind one is asked.
      return known.kind === 'decided' ? known : { ...expression, of: parts.filter((part) => !isAllowed(part)) };
    }
    default:
      return combine(
        expression.kind,
        expression.of.map((part) => partialEvaluate(part, facts, knowledge, args)),
      );
  }
}

function isKnown(rule: RuleDefinition, facts: DecisionInput, knowledge: EvaluationPhase): boolean {
  const { reads, readsClaims, needs } = rule;
  const isAnonymous = facts.principal.kind === 'anonymous';
  const isSettled = isAnonymous || isSettledFor(rule, facts);
  if (readsClaims && (knowledge === 'token' || !isSettled)) return false;
  if (needs !== undefined && isAnonymous) return true;
  if (needs === 'claims' && claimsFor(rule, facts).state !== 'found') return true;
  return reads === 'arguments' ? knowledge === 'arguments' : reads !== 'row';
}

function combine(kind: 'all' | 'any', parts: readonly Expression[]): Expression {
  const decisions = parts.flatMap((part) => (part.kind === 'decided' ? [part.decision] : []));
  if (decisions.length === 0) return { kind, of: parts };
  const settled = kind === 'all' ? combineAll(decisions) : combineAny(decisions);
  const open = parts.filter((part) => part.kind !== 'decided');
  if (open.length === 0) return decided(settled);
  if (settled.outcome === (kind === 'all' ? 'denied' : 'allowed')) return decided(settled);
  // What is open may still overrule a failure, and in any-of a denial still counts when the error is chosen.
  if (settled.outcome === 'indeterminate' || (kind === 'any' && decisions.length > 0)) {
    return { kind, of: [decided(settled), ...open] };
  }
  return open.length === 1 && open[0] ? open[0] : { kind, of: open };
}

function isAllowed(expression: Expression): boolean {
  return expression.kind === 'decided' && expression.decision.outcome === 'allowed';
}
