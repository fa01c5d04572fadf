import { InternalError } from '../errors.ts';
import { addClaimGroups } from '../logic/claimGroups.ts';
import type { Decision, NotAllowed } from '../logic/decision.ts';
import {
  type ClaimGroup,
  type ClaimsResult,
  claimsOfGroup,
  type DecisionInput,
  type LoadedClaims,
} from '../logic/decisionInput.ts';
import type { DenyOutcome } from '../logic/denyMode.ts';
import { evaluate } from '../logic/evaluate.ts';
import { evaluateShieldRule, lookUpRow } from '../logic/evaluateShieldRule.ts';
import type { Expression } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { type MaybePromise, mapMaybePromise } from '../logic/maybePromise.ts';
import { type EvaluationPhase, partialEvaluate } from '../logic/partialEvaluate.ts';
import type { ResolverArgs } from '../logic/shieldRule.ts';
import type { Principal } from '../token/principal.ts';
import type { DecisionRecorder } from './decisionRecorder.ts';
import type { OperationState } from './operationState.ts';
import type { Cancellation } from './resultMeter.ts';
import { createRowLookups, type ReportLookupFailure } from './rowLookups.ts';

/** A field that was not given out, for the operation's log line: by which rule, and how often. */
export interface DenialSummary {
  readonly coordinate: string;
  readonly code: string;
  readonly rule: string;
  readonly count: number;
}

/**
 * The decisions of one operation. Claims are settled once, before anything executes; from then on every decision is
 * synchronous, but for rules that look something up, and those of graphql-shield itself. What does not depend on the row is decided once and remembered.
 */
export interface Authorization<C = unknown, Groups = Readonly<Record<string, unknown>>> {
  readonly principal: Principal;
  /** Set by the guard once the operation is planned; undefined for one that was refused before that. */
  operation: OperationState | undefined;
  /** Whether whoever asked is gone: set by a host that can tell, before the operation is begun. */
  signal: Cancellation | undefined;
  /**
   * Loads the claims if a rule of these plans depends on them and the token alone has not decided it already: of groups
   * those that such rules read, all at the same time. What one group says does not spare another. Undefined when nothing
   * has to be loaded.
   */
  loadClaims(plans: Iterable<FieldPlan>): Promise<void> | undefined;
  /** How far the claims are known: those of no group, or of one. */
  claims(): ClaimsResult<C>;
  claims<Name extends keyof Groups & string>(group: Name): ClaimsResult<Groups[Name]>;
  /** What everything is decided from, as far as it is known. */
  facts(): DecisionInput<C>;
  /** Decides a field before it is executed, with or without its arguments; undefined when more must be known. */
  preview(permission: Expression, args?: unknown): Decision | undefined;
  /** Decides for one row. */
  decide(permission: Expression, parent: unknown, args: unknown): Decision;
  /**
   * Decides for one row where rules take part that look something up, or are graphql-shield's own: at once, unless one
   * answers with a promise.
   */
  decideForeign(permission: Expression, call: ResolverArgs): MaybePromise<Decision>;
  /** Has looked up what rules ask of a row, where that still matters; undefined when there is nothing to wait for. */
  lookUp(permission: Expression, parent: unknown): Promise<void> | undefined;
  /** Notes that a field was not given out. */
  refuse(coordinate: string, decision: NotAllowed): void;
  refusals(): readonly DenialSummary[];
  /** Notes that a field with a deny mode was denied, for `applyDenyModes`. */
  noteDenial(outcome: DenyOutcome): void;
  denialOutcomes(): readonly DenyOutcome[];
  /** The first row for which an expression was not allowed, for the log to say why. */
  firstRefused(permission: Expression): RefusedRow | undefined;
  /** Has what is decided for rows noted from now on. */
  record(recorder: DecisionRecorder): void;
  recorder(): DecisionRecorder | undefined;
  /** For another operation of the same request: nothing is decided yet, and claims are loaded once for all of them. */
  fork(): Authorization<C, Groups>;
}

interface RefusedRow {
  readonly parent: unknown;
  readonly args: unknown;
}

/** The groups that claims are loaded in. */
export interface ClaimGroups {
  readonly names: readonly string[];
  load(group: string): Promise<LoadedClaims<unknown>>;
}

const none: ReadonlyMap<string, never> = new Map<string, never>();

const noGroups: ClaimGroups = {
  names: [],
  load: (group) => Promise.reject(new InternalError(`a rule reads claims of the group ${group}, which has no source`)),
};

/**
 * `loadClaims`, and `load` for each group, is called at most once, never for an anonymous caller, and must not reject.
 * `now` is in milliseconds since the epoch. `onLookupFailed` is told of look-ups that fail.
 */
export function createAuthorization<C, Groups = Readonly<Record<string, unknown>>>(
  principal: Principal,
  loadClaims: () => Promise<LoadedClaims<C>>,
  now: () => number = Date.now,
  groups: ClaimGroups = noGroups,
  onLookupFailed: ReportLookupFailure = () => undefined,
): Authorization<C, Groups> {
  const nowSeconds = Math.floor(now() / 1000);
  const lookups = createRowLookups(onLookupFailed);
  let facts: DecisionInput<C> = { principal, claims: { state: 'not-loaded' }, nowSeconds, lookups };
  let knowledge: EvaluationPhase = principal.kind === 'anonymous' ? 'facts' : 'token';
  /** How many loads may still be needed. */
  let toLoad = principal.kind === 'anonymous' ? 0 : groups.names.length + 1;
  let loading: ReturnType<typeof loadClaims> | undefined;
  let loadingGroups: ReadonlyMap<string, ReturnType<ClaimGroups['load']>> = none;
  let ofGroups: ReadonlyMap<string, ClaimsResult<unknown>> = none;
  const reduced = new Map<Expression, Expression>();
  const refused = new Map<string, DenialSummary>();
  const outcomes: DenyOutcome[] = [];
  const refusedRows = new Map<Expression, RefusedRow>();
  let recorder: DecisionRecorder | undefined;

  function residual(permission: Expression): Expression {
    let left = reduced.get(permission);
    if (!left) {
      left = partialEvaluate(permission, facts, knowledge);
      reduced.set(permission, left);
    }
    return left;
  }

  /** The groups of which claims are needed and not loaded; undefined among them for the claims of no group. */
  function groupsNeededBy(plans: Iterable<FieldPlan>): Set<ClaimGroup> {
    const needed = new Set<ClaimGroup>();
    for (const { permission, masks } of plans) {
      const left = residual(permission);
      if (left.kind === 'decided' && left.decision.outcome !== 'allowed') continue;
      addClaimGroups(left, needed, facts);
      for (const mask of masks) addClaimGroups(residual(mask.permission), needed, facts);
      if (needed.size === toLoad) break;
    }
    return needed;
  }

  async function loadNeeded(needed: Set<ClaimGroup>): Promise<void> {
    const ungrouped = needed.delete(undefined) ? loadUngrouped() : undefined;
    const names = [...needed].filter((group) => group !== undefined);
    const [loaded, loadedGroups] =
      names.length === 0 ? [await ungrouped, []] : await Promise.all([ungrouped, Promise.all(names.map(nameAndLoad))]);
    // Another call may have settled something meanwhile.
    if (loadedGroups.length > 0) ofGroups = new Map([...ofGroups, ...loadedGroups]);
    facts = { principal, claims: loaded ?? facts.claims, groups: ofGroups, nowSeconds, lookups };
    toLoad = groups.names.length - ofGroups.size + (facts.claims.state === 'not-loaded' ? 1 : 0);
    knowledge = 'facts';
    reduced.clear();
  }

  function loadUngrouped(): ReturnType<typeof loadClaims> {
    loading ??= loadClaims();
    return loading;
  }

  function loadGroup(name: string): ReturnType<ClaimGroups['load']> {
    const load = loadingGroups.get(name) ?? groups.load(name);
    loadingGroups = new Map([...loadingGroups, [name, load]]);
    return load;
  }

  async function nameAndLoad(name: string): Promise<readonly [string, ClaimsResult<unknown>]> {
    return [name, await loadGroup(name)];
  }

  function claims(): ClaimsResult<C>;
  function claims<Name extends keyof Groups & string>(group: Name): ClaimsResult<Groups[Name]>;
  function claims(group?: string): ClaimsResult<unknown> {
    return claimsOfGroup(facts, group);
  }

  return {
    principal,
    operation: undefined,
    signal: undefined,
    loadClaims(plans) {
      if (toLoad === 0) return undefined;
      const needed = groupsNeededBy(plans);
      return needed.size === 0 ? undefined : loadNeeded(needed);
    },
    claims,
    facts: () => facts,
    preview(permission, args) {
      const left = residual(permission);
      const known =
        left.kind === 'decided' || args === undefined ? left : partialEvaluate(left, facts, 'arguments', args);
      return known.kind === 'decided' ? known.decision : undefined;
    },
    decide(permission, parent, args) {
      const left = residual(permission);
      const decision = left.kind === 'decided' ? left.decision : evaluate(left, facts, parent, args);
      if (decision.outcome !== 'allowed' && !refusedRows.has(permission)) refusedRows.set(permission, { parent, args });
      return decision;
    },
    decideForeign(permission, call) {
      const left = residual(permission);
      if (left.kind === 'decided') return left.decision;
      return mapMaybePromise(evaluateShieldRule(left, facts, call), (decision) => {
        if (decision.outcome !== 'allowed' && !refusedRows.has(permission)) refusedRows.set(permission, call);
        return decision;
      });
    },
    lookUp(permission, parent) {
      const left = residual(permission);
      return left.kind === 'decided' ? undefined : lookUpRow(left, facts, parent);
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
    fork: () =>
      createAuthorization(principal, loadUngrouped, now, { names: groups.names, load: loadGroup }, onLookupFailed),
  };
}
