import { bindRow } from './bindRow.ts';
import { awaitsClaims } from './claimGroups.ts';
import type { Decision } from './decision.ts';
import type { DecisionInput } from './decisionInput.ts';
import { decided, type Expression } from './expression.ts';
import { partialEvaluate } from './partialEvaluate.ts';
import { combineAll, combineAny, negate } from './threeValuedLogic.ts';

/**
 * What executing a field would say of one row, given what was left of its permission before: a `decided` expression, or
 * what has to be known for it. Rules are asked in their order and none after the answer, so a denial is no answer yet where
 * a rule of graphql-shield itself is asked before it and may deny with another code. Loads nothing and asks no such rule.
 */
export function simulateExecution(
  expression: Expression,
  facts: DecisionInput,
  parent: unknown,
  args: unknown,
): Expression {
  switch (expression.kind) {
    case 'decided':
    case 'foreign':
      return expression;
    case 'rule':
      return partialEvaluate(bindRow(expression, facts, parent), facts, 'arguments', args);
    case 'not': {
      const of = simulateExecution(expression.of, facts, parent, args);
      return of.kind === 'decided' ? decided(negate(of.decision, facts, expression)) : { ...expression, of };
    }
    case 'any': {
      const of = expression.of.map((part) => simulateExecution(part, facts, parent, args));
      const decisions = of.flatMap((part) => (part.kind === 'decided' ? [part.decision] : []));
      // In any order: one that allows is the answer, whatever the open ones say.
      const isAnswered = decisions.length === of.length || decisions.some(({ outcome }) => outcome === 'allowed');
      return isAnswered ? decided(combineAny(decisions)) : { kind: 'any', of };
    }
    default:
      return inOrder(
        expression.kind,
        expression.of.map((part) => simulateExecution(part, facts, parent, args)),
        facts,
      );
  }
}

function inOrder(kind: 'all' | 'chain', parts: readonly Expression[], facts: DecisionInput): Expression {
  // What claims decide is decided before the field is executed, wherever it stands among the parts.
  const awaiting = parts.filter((part) => part.kind !== 'decided' && awaitsClaims(part, facts));
  const isAnswer = (part: Expression) => {
    if (part.kind !== 'decided' || part.decision.outcome === 'allowed') return false;
    // A chain is left at what could not be decided, unless claims have denied before.
    return part.decision.outcome === 'denied' || (kind === 'chain' && awaiting.length === 0);
  };
  const index = parts.findIndex(isAnswer);
  const asked = index === -1 ? parts : parts.slice(0, index + 1);
  const answer = parts[index];
  const open = [...new Set([...asked.filter((part) => part.kind !== 'decided'), ...awaiting])];
  const isSure = answer?.kind === 'decided' && !open.some((part) => mayDenyOtherwise(part, answer.decision));
  if (isSure) return answer;
  const decisions = asked.flatMap((part) => (part.kind === 'decided' ? [part.decision] : []));
  return open.length === 0 ? decided(combineAll(decisions)) : { kind, of: answer ? [...open, answer] : open };
}

/** Whether what is open may be refused with another code than this. */
function mayDenyOtherwise(expression: Expression, refusal: Decision): boolean {
  const isOther = (decision: Decision) => decision.outcome === 'denied' && codeOf(decision) !== codeOf(refusal);
  switch (expression.kind) {
    case 'foreign':
      return true;
    case 'rule':
      // The rules that wait for claims or a row have no other denial.
      return codeOf(refusal) !== 'FORBIDDEN';
    case 'decided':
      return isOther(expression.decision);
    case 'not':
      return expression.otherwise ? isOther(expression.otherwise) : codeOf(refusal) !== 'FORBIDDEN';
    default:
      return expression.of.some((part) => mayDenyOtherwise(part, refusal));
  }
}

function codeOf(decision: Decision): string | undefined {
  return decision.outcome === 'allowed' ? undefined : decision.error.code;
}
