import type { FieldPlans } from '../compile/compilePermissions.ts';
import type { ErrorCode } from '../errors.ts';
import { bindRow } from '../logic/bindRow.ts';
import type { NotAllowed } from '../logic/decision.ts';
import type { DecisionInput } from '../logic/decisionInput.ts';
import { type Expression, someRule } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { isSameExpression } from '../logic/isSameExpression.ts';
import { partialEvaluate } from '../logic/partialEvaluate.ts';
import { refusalOf } from '../logic/verdict.ts';
import { type Need, needOf } from './explain.ts';

/**
 * What a map says of a field: the code of the refusal, or what would have to be known: claims that the operation did not
 * look up, or what only executing the field tells (a rule of graphql-shield itself).
 */
export type ShadowVerdict = 'allowed' | 'masked' | ErrorCode | 'needs claims' | 'needs execution' | NeedsMore;

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

/** By the plan that is in force, what the candidate map says instead: of the fields of which it does not say the same. */
export type CandidatePlans = ReadonlyMap<FieldPlan, FieldPlan>;

/** The fields of an operation as they were asked for: root fields with their arguments, once for each response key. */
export interface AskedFields {
  readonly roots: readonly { readonly plan: FieldPlan; readonly args: unknown }[];
  readonly below: readonly FieldPlan[];
}

/** Decides the fields of one operation as the candidate would, beside what is enforced. It loads nothing and never throws. */
export interface Shadow {
  /** Compares with what was decided for one row; a list of masks: allowed, but for what they hide. */
  note(plan: FieldPlan, now: NotAllowed | FieldPlan['masks'], parent: unknown, args: unknown): void;
  report(): ShadowReport;
}

/** How many decisions of an operation are compared: it must not become slow by rules that nobody enforces. */
const maxCompared = 1_000;

export function toCandidatePlans(plans: FieldPlans, candidates: FieldPlans): CandidatePlans {
  const pairs = [...plans].map(([field, plan]) => [plan, candidates.get(field) ?? plan] as const);
  return new Map(pairs.filter(([plan, candidate]) => !isSamePlan(plan, candidate)));
}

/** `facts` are those that the operation is decided by, with its claims settled where it needs them. */
export function createShadow(candidates: CandidatePlans, { roots, below }: AskedFields, facts: DecisionInput): Shadow {
  const asked = [...roots.map(({ plan }) => plan), ...below];
  const compared = new Map<FieldPlan, Compared>();
  const reduced = new Map<FieldPlan, Undecided>();
  let knowledge: 'token' | 'facts' | undefined;
  let left = maxCompared;
  let notCompared = 0;

  return {
    note(plan, decision, parent, args) {
      const candidate = candidates.get(plan);
      if (!candidate) return;
      if (left === 0) {
        notCompared += 1;
        return;
      }
      left -= 1;
      const decide = (one: Expression) => partialEvaluate(bindRow(one, facts, parent), facts, 'arguments', args);
      compare(compared, plan, [enforcedVerdict(decision), verdictOf(whatIsLeft(candidate), decide, facts)]);
    },
    report() {
      const all = new Map(compared);
      // An operation that was refused as a whole: its root fields were decided with their arguments.
      for (const { plan, args } of roots) {
        if (args !== undefined && !compared.has(plan)) compare(all, plan, standings(plan, args));
      }
      const differences = [...all].flatMap(([{ coordinate }, { of, pairs }]) =>
        [...pairs.values()].map(({ now, candidate, count }) => ({ coordinate, now, candidate, count, of })),
      );
      const notMet = [...new Set(asked)]
        .filter((plan) => !all.has(plan))
        .map((plan) => {
          const [now, candidate] = standings(plan);
          return { coordinate: plan.coordinate, now, candidate, count: 0, of: 0 };
        });
      return {
        differences: [...differences, ...notMet.filter(({ now, candidate }) => now !== candidate)],
        notCompared,
      };
    },
  };

  /** What is known of both before rows are. */
  function standings(plan: FieldPlan, args?: unknown): Pair {
    const decide = (one: Expression) => partialEvaluate(one, facts, args === undefined ? 'facts' : 'arguments', args);
    const candidate = candidates.get(plan);
    const left = reducePlan(plan, (one) => partialEvaluate(one, facts, 'facts'));
    const now = verdictOf(left, decide, facts);
    return [now, candidate ? verdictOf(whatIsLeft(candidate), decide, facts) : now];
  }

  /** Unless claims are needed, a denial by the token comes first: as it would, were the candidate in force. */
  function whatIsLeft(candidate: FieldPlan): Undecided {
    const isAnonymous = facts.principal.kind === 'anonymous';
    knowledge ??=
      isAnonymous || asked.some((plan) => needsClaims(candidates.get(plan) ?? plan, facts)) ? 'facts' : 'token';
    const known = knowledge;
    const undecided = reduced.get(candidate) ?? reducePlan(candidate, (one) => partialEvaluate(one, facts, known));
    reduced.set(candidate, undecided);
    return undecided;
  }
}

type Undecided = Pick<FieldPlan, 'permission'> & { readonly masks: readonly Pick<FieldPlan, 'permission'>[] };

/** What the two maps say. */
type Pair = readonly [now: ShadowVerdict, candidate: ShadowVerdict];

interface Compared {
  of: number;
  readonly pairs: Map<
    string,
    { readonly now: ShadowVerdict; readonly candidate: ShadowVerdict; readonly count: number }
  >;
}

function compare(into: Map<FieldPlan, Compared>, plan: FieldPlan, [now, candidate]: Pair): void {
  const known = into.get(plan) ?? { of: 0, pairs: new Map() };
  into.set(plan, known);
  known.of += 1;
  if (now === candidate) return;
  const key = `${now}, ${candidate}`;
  known.pairs.set(key, { now, candidate, count: (known.pairs.get(key)?.count ?? 0) + 1 });
}

function enforcedVerdict(decision: NotAllowed | FieldPlan['masks']): ShadowVerdict {
  if ('outcome' in decision) return decision.error.code;
  return decision.length > 0 ? 'masked' : 'allowed';
}

function verdictOf({ permission, masks }: Undecided, decide: Decide, facts: DecisionInput): ShadowVerdict {
  const left = decide(permission);
  const refusal = refusalOf(left);
  if (refusal) return refusal.error.code;
  if (left.kind !== 'decided') return needs[needOf(left, facts)];
  const whole = masks.map((mask) => decide(mask.permission));
  const failure = whole.map(refusalOf).find((one) => one?.outcome === 'indeterminate');
  if (failure) return failure.error.code;
  const open = whole.find(({ kind }) => kind !== 'decided');
  if (open) return needs[needOf(open, facts)];
  return whole.some(refusalOf) ? 'masked' : 'allowed';
}

type Decide = (expression: Expression) => Expression;

const needs: Readonly<Record<Need, ShadowVerdict>> = {
  'the claims': 'needs claims',
  'the arguments': 'needs arguments',
  'the row': 'needs row',
  execution: 'needs execution',
};

function reducePlan({ permission, masks }: FieldPlan, decide: Decide): Undecided {
  return { permission: decide(permission), masks: masks.map((mask) => ({ permission: decide(mask.permission) })) };
}

/** Whether a field would have the claims looked up: the token alone does not refuse it. */
function needsClaims(plan: FieldPlan, facts: DecisionInput): boolean {
  const { permission, masks } = reducePlan(plan, (one) => partialEvaluate(one, facts, 'token'));
  if (refusalOf(permission)) return false;
  return [permission, ...masks.map((mask) => mask.permission)].some((left) =>
    someRule(left, (rule) => rule.readsClaims),
  );
}

function isSamePlan(plan: FieldPlan, candidate: FieldPlan): boolean {
  const permissionsOf = (one: FieldPlan) => [one.permission, ...one.masks.map(({ permission }) => permission)];
  const ofCandidate = permissionsOf(candidate);
  return (
    ofCandidate.length === plan.masks.length + 1 &&
    permissionsOf(plan).every((permission, index) => {
      const other = ofCandidate[index];
      return other !== undefined && isSameExpression(permission, other);
    })
  );
}

const shadows = new WeakMap<object, Shadow>();

/** From now on, what is decided with this context is compared. */
export function startShadow(context: object, shadow: Shadow): void {
  shadows.set(context, shadow);
}

export function shadowOf(context: unknown): Shadow | undefined {
  return typeof context === 'object' && context !== null ? shadows.get(context) : undefined;
}
