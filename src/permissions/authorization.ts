import type { ErrorCode } from '../errors.ts';
import type { Principal } from '../token/principal.ts';
import type { Decision, NotAllowed } from './decision.ts';
import type { DecisionRecorder } from './decisionRecorder.ts';
import type { DenyOutcome } from './denyMode.ts';
import { evaluate } from './evaluate.ts';
import { evaluateForeign } from './evaluateForeign.ts';
import { type Expression, readsClaims } from './expression.ts';
import type { ClaimsState, Facts } from './facts.ts';
import type { FieldPlan } from './fieldPlan.ts';
import type { ForeignCall } from './foreignRule.ts';
import type { MaybePromise } from './maybePromise.ts';
import { type Knowledge, reduce } from './reduce.ts';

/** A field that was not given out, for the operation's log line: by which rule, and how often. */
export interface Refusal {
  readonly coordinate: string;
  readonly code: ErrorCode;
  readonly rule: string;
  readonly count: number;
}

/**
 * The decisions of one operation. Claims are settled once, before anything executes; from then on every decision is
 * synchronous, but for rules of graphql-shield itself. What does not depend on the row is decided once and remembered.
 */
export interface Authorization<C = unknown> {
  readonly principal: Principal;
  /** Loads the claims if a rule of these plans depends on them and the token alone has not decided it already. */
  settle(plans: Iterable<FieldPlan>): Promise<void>;
  /** How far the claims are known. */
  claims(): ClaimsState<C>;
  /** What everything is decided from, as far as it is known. */
  facts(): Facts<C>;
  /** Decides a field before it is executed, with or without its arguments; undefined when more must be known. */
  preview(permission: Expression, args?: unknown): Decision | undefined;
  /** Decides for one row. */
  decide(permission: Expression, parent: unknown, args: unknown): Decision;
  /** Decides for one row where rules of graphql-shield itself take part: at once, unless one answers with a promise. */
  decideForeign(permission: Expression, call: ForeignCall): MaybePromise<Decision>;
  /** Notes that a field was not given out. */
  refuse(coordinate: string, decision: NotAllowed): void;
  refusals(): readonly Refusal[];
  /** Notes that a field with a deny mode was denied, for `applyDenyModes`. */
  noteDenial(outcome: DenyOutcome): void;
  denialOutcomes(): readonly DenyOutcome[];
  /** The first row for which an expression was not allowed, for the log to say why. */
  firstRefused(permission: Expression): RefusedRow | undefined;
  /** Has what is decided for rows noted from now on. */
  record(recorder: DecisionRecorder): void;
  recorder(): DecisionRecorder | undefined;
}

interface RefusedRow {
  readonly parent: unknown;
  readonly args: unknown;
}

/**
 * `loadClaims` is called at most once, never for an anonymous caller, and must not reject. `now` is in milliseconds since
 * the epoch.
 */
export function createAuthorization<C>(
  principal: Principal,
  loadClaims: () => Promise<Exclude<ClaimsState<C>, { readonly state: 'unsettled' }>>,
  now: () => number = Date.now,
): Authorization<C> {
  const nowSeconds = Math.floor(now() / 1000);
  let facts: Facts<C> = { principal, claims: { state: 'unsettled' }, nowSeconds };
  let knowledge: Knowledge = principal.kind === 'anonymous' ? 'facts' : 'token';
  let loading: ReturnType<typeof loadClaims> | undefined;
  const reduced = new Map<Expression, Expression>();
  const refused = new Map<string, Refusal>();
  const outcomes: DenyOutcome[] = [];
  const refusedRows = new Map<Expression, RefusedRow>();
  let recorder: DecisionRecorder | undefined;

  function whatIsLeft(permission: Expression): Expression {
    let left = reduced.get(permission);
    if (!left) {
      left = reduce(permission, facts, knowledge);
      reduced.set(permission, left);
    }
    return left;
  }

  function needsClaims({ permission, masks }: FieldPlan): boolean {
    const left = whatIsLeft(permission);
    if (left.kind === 'decided' && left.decision.outcome !== 'allowed') return false;
    return readsClaims(left) || masks.some((mask) => readsClaims(whatIsLeft(mask.permission)));
  }

  return {
    principal,
    async settle(plans) {
      if (knowledge === 'facts') return;
      for (const plan of plans) {
        if (!needsClaims(plan)) continue;
        loading ??= loadClaims();
        facts = { principal, claims: await loading, nowSeconds };
        knowledge = 'facts';
        reduced.clear();
        return;
      }
    },
    claims: () => facts.claims,
    facts: () => facts,
    preview(permission, args) {
      const left = whatIsLeft(permission);
      const known = left.kind === 'decided' || args === undefined ? left : reduce(left, facts, 'arguments', args);
      return known.kind === 'decided' ? known.decision : undefined;
    },
    decide(permission, parent, args) {
      const left = whatIsLeft(permission);
      const decision = left.kind === 'decided' ? left.decision : evaluate(left, facts, parent, args);
      if (decision.outcome !== 'allowed' && !refusedRows.has(permission)) refusedRows.set(permission, { parent, args });
      return decision;
    },
    decideForeign(permission, call) {
      const left = whatIsLeft(permission);
      return left.kind === 'decided' ? left.decision : evaluateForeign(left, facts, call);
    },
    refuse(coordinate, { rule, error: { code } }) {
      const key = `${coordinate} ${code} ${rule}`;
      const count = (refused.get(key)?.count ?? 0) + 1;
      refused.set(key, { coordinate, code, rule, count });
    },
    refusals: () => [...refused.values()],
    noteDenial: (outcome) => outcomes.push(outcome),
    denialOutcomes: () => outcomes,
    firstRefused: (permission) => refusedRows.get(permission),
    record(by) {
      recorder = by;
    },
    recorder: () => recorder,
  };
}
