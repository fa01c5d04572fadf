import type { NotAllowed } from '../logic/decision.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';

/**
 * What a map says of a field: the code of the refusal, or what would have to be known: claims that the operation did not
 * look up, or what only executing the field tells (a rule of graphql-shield itself).
 */
export type ShadowVerdict = 'allowed' | 'masked' | AnyCode | 'needs claims' | 'needs execution' | NeedsMore;

/** A string, written so that an editor still proposes the words beside it. */
type AnyCode = string & Readonly<Record<never, never>>;

/** Only of a field that was not met. */
type NeedsMore = 'needs arguments' | 'needs row';

/** A field that a candidate map decides otherwise than the map that is in force. Labels for a metric: all but the numbers. */
export interface ShadowDifference {
  readonly coordinate: string;
  readonly now: ShadowVerdict;
  readonly candidate: ShadowVerdict;
  /** How often, of how many times that the field was decided. 0 of 0: it was not met, so the verdicts are from before any row. */
  readonly count: number;
  readonly of: number;
}

export interface ShadowReport {
  readonly differences: readonly ShadowDifference[];
  /** How often a field was decided after the most comparisons of one operation had been made. */
  readonly notCompared: number;
}

/** Decides the fields of one operation as the candidate would, beside what is enforced. It loads nothing and never throws. */
export interface OperationShadow {
  /** Compares with what was decided for one row; a list of masks: allowed, but for what they hide. */
  note(plan: FieldPlan, now: NotAllowed | FieldPlan['masks'], parent: unknown, args: unknown): void;
  report(): ShadowReport;
}
