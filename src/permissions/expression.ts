import {
  type ErrorCode,
  ExplainedForbiddenError,
  ForbiddenError,
  InternalError,
  UnauthenticatedError,
} from '../errors.ts';
import { allowed, type Decision, type Denied, denied, type Failed, failed, type NotAllowed } from './decision.ts';
import type { Facts } from './facts.ts';
import type { ForeignRule } from './foreignRule.ts';
import type { RuleDefinition } from './rules.ts';

/** A tree of rules as the engine evaluates it. Trees are immutable; equal subtrees of a permission map are one object. */
export type Expression =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'rule'; readonly rule: RuleDefinition }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Expression[] }
  /** An all-of with foreign rules in it, whose later rules may build on the earlier ones. */
  | { readonly kind: 'chain'; readonly of: readonly Expression[] }
  | Negation
  /** Decided by `evaluateForeign` only. */
  | { readonly kind: 'foreign'; readonly rule: ForeignRule };

export interface Negation {
  readonly kind: 'not';
  readonly of: Expression;
  readonly name: string;
  /** What is decided when `of` allows; FORBIDDEN unless given. */
  readonly otherwise?: NotAllowed;
  /** No rule of the vocabulary is under it, so that nothing is said of who calls: true of a caller without a token too. */
  readonly holdsForAnonymous?: boolean;
}

/** How much is known when an expression is reduced: before the claims are loaded, after, or with a root field's arguments. */
export type Knowledge = 'token' | 'facts' | 'arguments';

/**
 * Decides what can be decided from what is known and gives back what is left: a `decided` expression when nothing is.
 * Strong Kleene logic: all-of is denied as soon as one is denied, any-of is allowed as soon as one is allowed, whatever
 * the undecided or failed others would say.
 */
export function reduce(expression: Expression, facts: Facts, knowledge: Knowledge, args?: unknown): Expression {
  switch (expression.kind) {
    case 'decided':
      return expression;
    case 'rule':
      return isKnown(expression.rule, facts, knowledge)
        ? decided(decideRule(expression.rule, facts, undefined, args))
        : expression;
    case 'not': {
      const of = reduce(expression.of, facts, knowledge, args);
      return of.kind === 'decided' ? decided(negate(of.decision, facts, expression)) : { ...expression, of };
    }
    case 'foreign':
      return expression;
    case 'chain': {
      const parts = expression.of.map((part) => reduce(part, facts, knowledge, args));
      const known = combine('all', parts);
      // In the order they had, failures too: nothing behind one is asked.
      return known.kind === 'decided' ? known : { ...expression, of: parts.filter((part) => !isAllowed(part)) };
    }
    default:
      return combine(
        expression.kind,
        expression.of.map((part) => reduce(part, facts, knowledge, args)),
      );
  }
}

/** Decides an expression for one row, with everything known. Synchronous, and creates no promise. */
export function evaluate(expression: Expression, facts: Facts, parent: unknown, args: unknown): Decision {
  switch (expression.kind) {
    case 'decided':
      return expression.decision;
    case 'rule':
      return decideRule(expression.rule, facts, parent, args);
    case 'not':
      return negate(evaluate(expression.of, facts, parent, args), facts, expression);
    case 'foreign':
      return failed(expression.rule.name, new InternalError('a rule of graphql-shield itself was asked synchronously'));
    case 'chain':
    case 'all':
      return evaluateAll(expression.of, facts, parent, args);
    case 'any':
      return evaluateAny(expression.of, facts, parent, args);
    default:
      return expression satisfies never;
  }
}

/** Whether some rule of the expression reads business claims. */
export function readsClaims(expression: Expression): boolean {
  switch (expression.kind) {
    case 'decided':
    case 'foreign':
      return false;
    case 'rule':
      return expression.rule.readsClaims;
    case 'not':
      return readsClaims(expression.of);
    default:
      return expression.of.some(readsClaims);
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

export function negate(decision: Decision, { principal }: Facts, negation: Omit<Negation, 'of'>): Decision {
  const { name, otherwise, holdsForAnonymous } = negation;
  switch (decision.outcome) {
    case 'allowed':
      return otherwise ?? denied(name, new ForbiddenError(name));
    case 'failed':
      return decision;
    case 'denied':
      if (principal.kind !== 'anonymous' || holdsForAnonymous) return allowed;
      // Nobody may gain by sending no token: "not a manager" is not true of an unknown caller. Asked of the caller and not
      // of the error, which depends on what was decided first.
      return decision.error.code === 'UNAUTHENTICATED'
        ? decision
        : denied(name, new UnauthenticatedError('missing', 'no access token was sent'));
    default:
      return decision satisfies never;
  }
}

export function decided(decision: Decision): Expression {
  return { kind: 'decided', decision };
}

function isAllowed(expression: Expression): boolean {
  return expression.kind === 'decided' && expression.decision.outcome === 'allowed';
}

function isKnown({ reads, readsClaims }: RuleDefinition, { principal, claims }: Facts, knowledge: Knowledge): boolean {
  const isSettled = claims.state !== 'unsettled' || principal.kind === 'anonymous';
  if (readsClaims && (knowledge === 'token' || !isSettled)) return false;
  switch (reads) {
    case 'arguments':
      return knowledge === 'arguments';
    case 'row':
      // A row is held against the claims: without any, every row gets the same answer.
      return readsClaims && claims.state !== 'found';
    default:
      return true;
  }
}

function decideRule(rule: RuleDefinition, facts: Facts, parent: unknown, args: unknown): Decision {
  try {
    return rule.decide(facts, parent, args);
  } catch (cause) {
    // A rule that throws has not decided: neither an allow nor a denial, and under `not` neither.
    return failed(rule.name, new InternalError(`the rule "${rule.name}" threw`, { cause }));
  }
}

function combine(kind: 'all' | 'any', parts: readonly Expression[]): Expression {
  const decisions = parts.flatMap((part) => (part.kind === 'decided' ? [part.decision] : []));
  if (decisions.length === 0) return { kind, of: parts };
  const settled = kind === 'all' ? settleAll(decisions) : settleAny(decisions);
  const open = parts.filter((part) => part.kind !== 'decided');
  if (open.length === 0) return decided(settled);
  if (settled.outcome === (kind === 'all' ? 'denied' : 'allowed')) return decided(settled);
  // What is open may still overrule a failure, and in any-of a denial still counts when the error is chosen.
  if (settled.outcome === 'failed' || (kind === 'any' && decisions.length > 0)) {
    return { kind, of: [decided(settled), ...open] };
  }
  return open.length === 1 && open[0] ? open[0] : { kind, of: open };
}

function evaluateAll(parts: readonly Expression[], facts: Facts, parent: unknown, args: unknown): Decision {
  // Logic would allow here. The compiler refuses empty rule trees, so this is never met by a plan of its making.
  if (parts.length === 0) return failed('all of nothing', new InternalError('an all-of without rules was decided'));
  let failure: Failed | undefined;
  for (const part of parts) {
    const decision = evaluate(part, facts, parent, args);
    if (decision.outcome === 'denied') return decision;
    if (decision.outcome === 'failed') failure ??= decision;
  }
  return failure ?? allowed;
}

function evaluateAny(parts: readonly Expression[], facts: Facts, parent: unknown, args: unknown): Decision {
  const decisions: Decision[] = [];
  for (const part of parts) {
    const decision = evaluate(part, facts, parent, args);
    if (decision.outcome === 'allowed') return decision;
    decisions.push(decision);
  }
  return settleAny(decisions);
}

export function settleAll(decisions: readonly Decision[]): Decision {
  return (
    decisions.find((decision) => decision.outcome === 'denied') ??
    decisions.find((decision) => decision.outcome === 'failed') ??
    allowed
  );
}

export function settleAny(decisions: readonly Decision[]): Decision {
  const settled =
    decisions.find((decision) => decision.outcome === 'allowed') ??
    decisions.find((decision) => decision.outcome === 'failed') ??
    mostActionable(decisions);
  // Any-of nothing allows nobody; the compiler refuses empty rule trees, so this is never met by a plan of its making.
  return settled ?? failed('any of nothing', new InternalError('an any-of without rules was decided'));
}

/** A denial that a new token could lift tells the client more than one with a text, and that more than a plain no. */
const actionability: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 4,
  INSUFFICIENT_USER_AUTHENTICATION: 3,
  INSUFFICIENT_SCOPE: 2,
};

function mostActionable(decisions: readonly Decision[]): Denied | undefined {
  let best: Denied | undefined;
  for (const decision of decisions) {
    if (decision.outcome !== 'denied') continue;
    if (!best || rank(decision) > rank(best)) best = decision;
  }
  return best;
}

function rank(denial: Denied): number {
  return actionability[denial.error.code] ?? (denial.error instanceof ExplainedForbiddenError ? 1 : 0);
}
