import type { Decision } from './decision.ts';
import type { DecisionInput } from './decisionInput.ts';
import { evaluate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import { type MaybePromise, mapMaybePromise } from './maybePromise.ts';
import type { ResolverArgs } from './shieldRule.ts';
import { combineAll, combineAny, negate } from './threeValuedLogic.ts';

/** Whether some rule of the expression was made by graphql-shield itself, and may answer with a promise. */
export function containsShieldRule(expression: Expression): boolean {
  switch (expression.kind) {
    case 'foreign':
      return true;
    case 'decided':
    case 'rule':
      return false;
    case 'not':
      return containsShieldRule(expression.of);
    default:
      return expression.of.some(containsShieldRule);
  }
}

/**
 * Decides an expression with foreign rules in it for one row: at once, unless a rule answers with a promise. Rules are
 * asked one after the other, and none after the answer is known.
 */
export function evaluateShieldRule(
  expression: Expression,
  facts: DecisionInput,
  call: ResolverArgs,
): MaybePromise<Decision> {
  switch (expression.kind) {
    case 'foreign':
      return expression.rule.ask(call);
    case 'not':
      return mapMaybePromise(evaluateShieldRule(expression.of, facts, call), (decision) =>
        negate(decision, facts, expression),
      );
    case 'all':
      return inOrder(expression.of, ({ outcome }) => outcome === 'denied', combineAll);
    case 'chain':
      // A later rule of a chain may build on the earlier ones, so it is not asked after one that could not decide.
      return inOrder(expression.of, ({ outcome }) => outcome !== 'allowed', combineAll);
    case 'any':
      return inOrder(expression.of, ({ outcome }) => outcome === 'allowed', combineAny);
    case 'decided':
    case 'rule':
      return evaluate(expression, facts, call.parent, call.args);
    default:
      return expression satisfies never;
  }

  function inOrder(
    parts: readonly Expression[],
    isTheAnswer: (decision: Decision) => boolean,
    settle: (decisions: readonly Decision[]) => Decision,
  ): MaybePromise<Decision> {
    const decisions: Decision[] = [];
    function askFrom(index: number): MaybePromise<Decision> {
      for (const [offset, part] of parts.slice(index).entries()) {
        const decision = evaluateShieldRule(part, facts, call);
        if (decision instanceof Promise) {
          return decision.then((late) => (note(late) ? late : askFrom(index + offset + 1)));
        }
        if (note(decision)) return decision;
      }
      return settle(decisions);
    }
    function note(decision: Decision): boolean {
      decisions.push(decision);
      return isTheAnswer(decision);
    }
    return askFrom(0);
  }
}
