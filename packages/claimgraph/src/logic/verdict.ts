import type { AppError } from '../errors.ts';
import type { NotAllowed } from './decision.ts';
import type { DecisionInput } from './decisionInput.ts';
import { type Expression, reads } from './expression.ts';
import type { FieldPlan } from './fieldPlan.ts';
import { partialEvaluate } from './partialEvaluate.ts';

/** What can be said of a field for a caller before it is executed. */
export type Verdict = Readable | DeniedVerdict;

export interface Readable {
  /** Allowed for sure, or depending on the arguments, or (also) on the row. */
  readonly outcome: 'allowed' | 'perArguments' | 'perRow';
  /** Whether the value is masked then. */
  readonly masked: 'no' | 'yes' | 'perArguments' | 'perRow';
}

export interface DeniedVerdict {
  /** `indeterminate`: what would decide could not be read, or a rule threw. */
  readonly outcome: 'denied' | 'indeterminate';
  readonly rule: string;
  readonly error: AppError;
}

/**
 * The field's verdict when the claims are settled and no row is known; with its arguments when they are given. A rule of
 * graphql-shield itself counts as one on the row, for only executing it tells.
 */
export function verdictOf(
  { permission, masks }: Pick<FieldPlan, 'permission' | 'masks'>,
  facts: DecisionInput,
  args?: unknown,
): Verdict {
  const knowledge = args === undefined ? 'facts' : 'arguments';
  const left = partialEvaluate(permission, facts, knowledge, args);
  const hidden = masks.map((mask) => partialEvaluate(mask.permission, facts, knowledge, args));
  const refusal = refusalOf(left) ?? hidden.map(refusalOf).find((mask) => mask?.outcome === 'indeterminate');
  if (refusal) {
    const { outcome, rule, error } = refusal;
    return { outcome: outcome === 'indeterminate' ? 'indeterminate' : 'denied', rule, error };
  }
  const states = hidden.map((mask) => (refusalOf(mask) ? 'yes' : waitsFor(mask)));
  const masked = (['yes', 'perRow', 'perArguments'] as const).find((state) => states.includes(state)) ?? 'no';
  return { outcome: waitsFor(left) ?? 'allowed', masked };
}

/** The refusal that an expression has been reduced to, if it has. */
export function refusalOf(left: Expression): NotAllowed | undefined {
  return left.kind === 'decided' && left.decision.outcome !== 'allowed' ? left.decision : undefined;
}

function waitsFor(left: Expression): 'perRow' | 'perArguments' | undefined {
  if (left.kind === 'decided') return undefined;
  return reads(left, 'row') ? 'perRow' : 'perArguments';
}
