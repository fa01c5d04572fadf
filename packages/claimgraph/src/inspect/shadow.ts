import type { FieldPlans } from '../compile/compilePermissions.ts';
import type { NotAllowed } from '../logic/decision.ts';
import type { DecisionInput } from '../logic/decisionInput.ts';
import { type Expression, someRule } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { isSameExpression } from '../logic/isSameExpression.ts';
import { partialEvaluate } from '../logic/partialEvaluate.ts';
import { simulateExecution } from '../logic/simulateExecution.ts';
import { refusalOf } from '../logic/verdict.ts';
import type { DecisionObserver } from '../operation/enforce.ts';
import type { OperationShadow, ShadowVerdict } from '../operation/operationShadow.ts';
import { type Need, needOf } from './explain.ts';

/** By the plan that is in force, what the candidate map says instead: of the fields of which it does not say the same. */
export type CandidatePlans = ReadonlyMap<FieldPlan, FieldPlan>;

/** The fields of an operation as they were asked for: root fields with their arguments, once for each response key. */
export interface AskedFields {
  readonly roots: readonly { readonly plan: FieldPlan; readonly args: unknown }[];
  readonly below: readonly FieldPlan[];
  /** Whether introspection or `__typename` is asked for at the root, which no rule refuses. */
  readonly hasMetaFields: boolean;
}

/** How many decisions of an operation are compared: it must not become slow by rules that nobody enforces. */
const maxCompared = 1_000;

export function toCandidatePlans(plans: FieldPlans, candidates: FieldPlans): CandidatePlans {
  const pairs = [...plans].map(([field, plan]) => [plan, candidates.get(field) ?? plan] as const);
  return new Map(pairs.filter(([plan, candidate]) => !isSamePlan(plan, candidate)));
}

/** Has the operation's shadow told of what is decided about the fields of which the candidate map says something else. */
export function observeFor(candidates: CandidatePlans): DecisionObserver {
  return {
    observes: (plan) => candidates.has(plan),
    onDecision: ({ operation }, plan, verdict, { parent, args }) => {
      operation?.shadow?.note(plan, verdict, parent, args);
    },
  };
}

/** `facts` are those that the operation is decided by, with its claims settled where it needs them. */
export function createShadow(
  candidates: CandidatePlans,
  { roots, below, hasMetaFields }: AskedFields,
  facts: DecisionInput,
): OperationShadow {
  const rootPlans = new Set(roots.map(({ plan }) => plan));
  const asked = [...roots.map(({ plan }) => plan), ...below];
  const compared = new Map<FieldPlan, Compared>();
  const reduced = new Map<FieldPlan, Undecided>();
  let knowledge: 'token' | 'facts' | undefined;
  let refusesOperation: boolean | undefined;
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
      const isRefusedBefore = rootPlans.has(plan) && doesRefuseOperation();
      const decide: Decide = (one) =>
        isRefusedBefore ? beforeExecution(one, args) : simulateExecution(one, facts, parent, args);
      compare(compared, plan, [enforcedVerdict(decision), verdictOf(residualOf(candidate), decide, facts)]);
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
    const decide: Decide = (one) => beforeExecution(one, args);
    const candidate = candidates.get(plan);
    const left = reducePlan(plan, (one) => partialEvaluate(one, facts, 'facts'));
    const now = verdictOf(left, decide, facts);
    return [now, candidate ? verdictOf(residualOf(candidate), decide, facts) : now];
  }

  /** Whether the candidate lets no root field run, so that it refuses the operation by what is known before execution. */
  function doesRefuseOperation(): boolean {
    refusesOperation ??=
      !hasMetaFields &&
      roots.every(({ plan, args }) => {
        const { permission, masks } = residualOf(candidates.get(plan) ?? plan);
        const isRefused = refusalOf(beforeExecution(permission, args)) !== undefined;
        return (
          isRefused ||
          masks.some((mask) => refusalOf(beforeExecution(mask.permission, args))?.outcome === 'indeterminate')
        );
      });
    return refusesOperation;
  }

  function beforeExecution(expression: Expression, args: unknown): Expression {
    return partialEvaluate(expression, facts, args === undefined ? 'facts' : 'arguments', args);
  }

  /** Unless claims are needed, a denial by the token comes first: as it would, were the candidate in force. */
  function residualOf(candidate: FieldPlan): Undecided {
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
