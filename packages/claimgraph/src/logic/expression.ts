import type { Decision, NotAllowed } from './decision.ts';
import type { RuleDefinition } from './ruleDefinition.ts';
import type { OpaqueShieldRule } from './shieldRule.ts';

/** A tree of rules as the engine evaluates it. Trees are immutable; equal subtrees of a permission map are one object. */
export type Expression =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'rule'; readonly rule: RuleDefinition }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Expression[] }
  /** An all-of with foreign rules in it, whose later rules may build on the earlier ones. */
  | { readonly kind: 'chain'; readonly of: readonly Expression[] }
  | Negation
  /** Decided by `evaluateForeign` only. */
  | { readonly kind: 'foreign'; readonly rule: OpaqueShieldRule };

export interface Negation {
  readonly kind: 'not';
  readonly of: Expression;
  readonly name: string;
  /** What is decided when `of` allows. */
  readonly otherwise: NotAllowed;
  /** No rule of the vocabulary is under it, so that nothing is said of who calls: true of a caller without a token too. */
  readonly holdsForAnonymous?: boolean;
}

export function decided(decision: Decision): Expression {
  return { kind: 'decided', decision };
}

/** Whether this is true of some rule of the expression that is one of the vocabulary. */
export function someRule(expression: Expression, isTrue: (rule: RuleDefinition) => boolean): boolean {
  switch (expression.kind) {
    case 'decided':
    case 'foreign':
      return false;
    case 'rule':
      return isTrue(expression.rule);
    case 'not':
      return someRule(expression.of, isTrue);
    default:
      return expression.of.some((part) => someRule(part, isTrue));
  }
}

/** Whether some rule of the expression reads the field's arguments, or its row. */
export function reads(expression: Expression, what: 'arguments' | 'row'): boolean {
  switch (expression.kind) {
    case 'decided':
      return false;
    case 'rule':
      return expression.rule.reads === what;
    case 'foreign':
      // It may read both.
      return true;
    case 'not':
      return reads(expression.of, what);
    default:
      return expression.of.some((part) => reads(part, what));
  }
}

/** Whether everybody is allowed, whoever calls and whatever is asked for. */
export function allowsEverybody(expression: Expression): boolean {
  switch (expression.kind) {
    case 'decided':
      return expression.decision.outcome === 'allowed';
    case 'rule':
      return expression.rule.reads === 'nothing';
    case 'chain':
    case 'all':
      return expression.of.length > 0 && expression.of.every(allowsEverybody);
    case 'any':
      return expression.of.some(allowsEverybody);
    case 'not':
    case 'foreign':
      return false;
    default:
      return expression satisfies never;
  }
}

/** Whether some rule of the expression is one of the vocabulary. */
export function asksVocabulary(expression: Expression): boolean {
  switch (expression.kind) {
    case 'rule':
      return true;
    case 'decided':
    case 'foreign':
      return false;
    case 'not':
      return asksVocabulary(expression.of);
    default:
      return expression.of.some(asksVocabulary);
  }
}
