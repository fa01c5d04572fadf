import { InternalError, UnauthenticatedError } from '../errors.ts';
import { allowed, type Decision, type Denied, indeterminate, missingToken } from './decision.ts';
import type { DecisionInput } from './decisionInput.ts';
import type { Negation } from './expression.ts';

/** All must allow: denied as soon as one denies, indeterminate as soon as one is and none denies. */
export function combineAll(decisions: readonly Decision[]): Decision {
  return (
    decisions.find((decision) => decision.outcome === 'denied') ??
    decisions.find((decision) => decision.outcome === 'indeterminate') ??
    allowed
  );
}

/** One must allow: allowed as soon as one allows, indeterminate as soon as one is and none allows. */
export function combineAny(decisions: readonly Decision[]): Decision {
  const settled =
    decisions.find((decision) => decision.outcome === 'allowed') ??
    decisions.find((decision) => decision.outcome === 'indeterminate') ??
    mostActionable(decisions);
  // Any-of nothing allows nobody; the compiler refuses empty rule trees, so this is never met by a plan of its making.
  return settled ?? indeterminate('any of nothing', new InternalError('an any-of without rules was decided'));
}

export function negate(decision: Decision, { principal }: DecisionInput, negation: Omit<Negation, 'of'>): Decision {
  const { name, otherwise, holdsForAnonymous } = negation;
  switch (decision.outcome) {
    case 'allowed':
      return otherwise;
    case 'indeterminate':
      return decision;
    case 'denied':
      if (principal.kind !== 'anonymous' || holdsForAnonymous) return allowed;
      // Nobody may gain by sending no token: "not a manager" is not true of an unknown caller. Asked of the caller and not
      // of the error, which depends on what was decided first.
      return decision.error instanceof UnauthenticatedError ? decision : missingToken(name);
    default:
      return decision satisfies never;
  }
}

/** A denial that a new token could lift tells the client more than one with a text, and that more than a plain no. */
function mostActionable(decisions: readonly Decision[]): Denied | undefined {
  let best: Denied | undefined;
  for (const decision of decisions) {
    if (decision.outcome !== 'denied') continue;
    if (!best || decision.error.actionability > best.error.actionability) best = decision;
  }
  return best;
}
