import { bindRow } from './bindRow.ts';
import type { Decision } from './decision.ts';
import type { DecisionInput } from './decisionInput.ts';
import { evaluate } from './evaluate.ts';
import { type Expression, someRule } from './expression.ts';
import { type MaybePromise, mapMaybePromise } from './maybePromise.ts';
import { partialEvaluate } from './partialEvaluate.ts';
import type { LookUp } from './ruleDefinition.ts';
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

/** Whether the expression may have to wait: some rule looks something up, or was made by graphql-shield itself. */
export function mayWait(expression: Expression): boolean {
  return containsShieldRule(expression) || looksUp(expression);
}

function looksUp(expression: Expression): boolean {
  return someRule(expression, ({ lookUp }) => lookUp !== undefined);
}

/**
 * Decides an expression for one row with rules in it that may have to wait: at once, unless one answers with a promise.
 * Rules are asked one after the other, and none after the answer is known. Look-ups come last, for the others may spare them.
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
      return inOrder(lookUpsLast(expression.of), ({ outcome }) => outcome === 'denied', combineAll);
    case 'chain':
      // A later rule of a chain may build on the earlier ones, so it is not asked after one that could not decide.
      return inOrder(expression.of, ({ outcome }) => outcome !== 'allowed', combineAll);
    case 'any':
      return inOrder(lookUpsLast(expression.of), ({ outcome }) => outcome === 'allowed', combineAny);
    case 'rule':
      return expression.rule.lookUp
        ? expression.rule.lookUp.ask(facts, call.parent)
        : evaluate(expression, facts, call.parent, call.args);
    case 'decided':
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

/**
 * Has looked up what the rules of an expression ask of one row, one after the other and as long as the answers still matter;
 * undefined when nothing is to be asked. Rules of graphql-shield itself are not asked.
 */
export function lookUpRow(expression: Expression, facts: DecisionInput, parent: unknown): Promise<void> | undefined {
  const nextOf = () => lookUpsOf(partialEvaluate(bindRow(expression, facts, parent), facts, 'facts'))[0];
  return nextOf() && askAll();

  async function askAll(): Promise<void> {
    for (let next = nextOf(); next; next = nextOf()) await next.ask(facts, parent);
  }
}

function lookUpsOf(expression: Expression): readonly LookUp[] {
  switch (expression.kind) {
    case 'decided':
    case 'foreign':
      return [];
    case 'rule':
      return expression.rule.lookUp ? [expression.rule.lookUp] : [];
    case 'not':
      return lookUpsOf(expression.of);
    default:
      return expression.of.flatMap(lookUpsOf);
  }
}

function lookUpsLast(parts: readonly Expression[]): readonly Expression[] {
  const last = parts.filter(looksUp);
  return last.length === 0 ? parts : [...parts.filter((part) => !last.includes(part)), ...last];
}
