import { awaitsClaims } from './claimGroups.ts';
import type { Expression } from './expression.ts';
import type { Facts } from './facts.ts';
import type { FieldPlan } from './fieldPlan.ts';
import { reduce } from './reduce.ts';
import { refusalOf } from './verdict.ts';

/** A field that a candidate map decides otherwise than the map that is in force. */
export interface ShadowDifference {
  readonly coordinate: string;
  /**
   * What is known before rows are: `allowed`, perhaps `masked`; the code of the refusal; the names of the rules that the
   * answer is left to; or that it needs claims, which the operation did not look up.
   */
  readonly now: string;
  readonly candidate: string;
  readonly count: number;
}

/** The plan of each field in a candidate map, by the plan that is in force. */
export type CandidatePlans = ReadonlyMap<FieldPlan, FieldPlan>;

/** A field as it was asked for: of a root field with its arguments. */
export interface AskedField {
  readonly plan: FieldPlan;
  readonly args?: unknown;
}

/** Compares both maps for the fields of an operation, under the same facts. Decides without enforcing, and loads nothing. */
export function findShadowDifferences(
  asked: Iterable<AskedField>,
  candidates: CandidatePlans,
  facts: Facts,
): readonly ShadowDifference[] {
  const differences = new Map<string, ShadowDifference>();
  for (const { plan, args } of asked) {
    const candidatePlan = candidates.get(plan);
    if (!candidatePlan) continue;
    const now = standingOf(plan, facts, args);
    const candidate = standingOf(candidatePlan, facts, args);
    if (now === candidate) continue;
    const { coordinate } = plan;
    const key = [coordinate, now, candidate].join('\n');
    differences.set(key, { coordinate, now, candidate, count: (differences.get(key)?.count ?? 0) + 1 });
  }
  return [...differences.values()];
}

/** What can be said of a field before rows are known, so that two maps that say the same give the same text. */
function standingOf({ permission, masks }: FieldPlan, facts: Facts, args: unknown): string {
  const decide = (expression: Expression) =>
    reduce(expression, facts, args === undefined ? 'facts' : 'arguments', args);
  const left = decide(permission);
  const whole = masks.map((mask) => decide(mask.permission));
  const refusal = refusalOf(left) ?? whole.map(refusalOf).find((one) => one?.outcome === 'failed');
  if (refusal) return refusal.error.code;
  const open = [left, ...whole].filter(({ kind }) => kind !== 'decided');
  if (open.some((part) => awaitsClaims(part, facts))) return 'needs claims';
  const access = left.kind === 'decided' ? 'allowed' : `left to ${describe(left)}`;
  const masking = whole.flatMap((mask) => {
    if (refusalOf(mask)) return ['masked'];
    return mask.kind === 'decided' ? [] : [`masked unless ${describe(mask)}`];
  });
  return [access, ...masking].join(', ');
}

/** The rules that are left, by their names: `(a and b)`. What is decided already tells two trees apart too. */
function describe(left: Expression): string {
  switch (left.kind) {
    case 'decided':
      return left.decision.outcome === 'allowed' ? 'everybody' : left.decision.error.code;
    case 'rule':
    case 'foreign':
      return left.rule.name;
    case 'not':
      return `not ${describe(left.of)}`;
    default:
      return `(${left.of.map(describe).join(left.kind === 'any' ? ' or ' : ' and ')})`;
  }
}
