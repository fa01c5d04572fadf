import { InsufficientScopeError, InsufficientUserAuthenticationError } from '../errors.ts';
import { bindRow } from '../logic/bindRow.ts';
import type { DecisionInput } from '../logic/decisionInput.ts';
import { decideRule } from '../logic/evaluate.ts';
import { containsShieldRule } from '../logic/evaluateShieldRule.ts';
import type { Expression } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { partialEvaluate } from '../logic/partialEvaluate.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { type Change, changePrincipal, changeWorld, type Situation, slotOf } from './change.ts';
import { type Candidates, collectValueChanges } from './changeCandidates.ts';
import { rulesOf } from './rulesOf.ts';

/** How a field is for somebody: the value as it is, masked, refused, not decidable, or waiting for what is not known here. */
export type FieldState = 'shown' | 'masked' | 'denied' | 'indeterminate' | 'unknown';

/** What would make a field another than it is: `plain data`, sets of changes of which each suffices and no part of it does. */
export interface WhatWouldChange {
  readonly coordinate: string;
  readonly state: FieldState;
  /** The smallest first; none where nothing of what was tried changes anything. */
  readonly sets: readonly ChangeSet[];
  /** False where the search was cut short: there may be other sets, and those that are told still hold. */
  readonly complete: boolean;
  /** What cannot be told at all. */
  readonly untold: readonly ('a graphql-shield rule' | 'the row' | 'the arguments')[];
}

export interface ChangeSet {
  readonly changes: readonly Change[];
  readonly state: FieldState;
}

export interface SearchBounds {
  /** How many changes one set may have. */
  readonly maxChanges: number;
  readonly maxCandidates: number;
  readonly maxEvaluations: number;
}

export const defaultSearchBounds: SearchBounds = { maxChanges: 3, maxCandidates: 64, maxEvaluations: 20_000 };

/**
 * The minimal sets of changes that would turn a field's verdict or its mask for somebody: towards showing it where it is
 * not shown, towards hiding it where it is. Each set was tried on the rules themselves, and so was each smaller one. Of
 * rules on token, claims and arguments it is exact for the values among the candidates; a rule of graphql-shield itself
 * cannot be asked without executing the field, and is said to be untold. Nothing is loaded, and no resolver is called.
 */
export function whatWouldChange(
  plan: FieldPlan,
  situation: Situation,
  candidates: Candidates = {},
  bounds: SearchBounds = defaultSearchBounds,
): WhatWouldChange {
  const state = stateOf(plan, situation);
  const found = search(plan, situation, candidates, bounds, isTurned(state));
  return { coordinate: plan.coordinate, state, ...found, untold: untoldOf(plan, situation, state) };
}

/** The state of the field in a situation. */
export function stateOf(plan: FieldPlan, situation: Situation): FieldState {
  const permission = outcomeOf(plan.permission, situation);
  if (permission !== 'allowed') return permission;
  const masks = plan.masks.map((mask) => outcomeOf(mask.permission, situation));
  const [worst] = (['indeterminate', 'unknown', 'denied'] as const).filter((outcome) => masks.includes(outcome));
  if (worst === undefined) return 'shown';
  return worst === 'denied' ? 'masked' : worst;
}

function outcomeOf(expression: Expression, { facts, args, row }: Situation) {
  const bound = row ? bindRow(expression, facts, row.parent) : expression;
  const left = partialEvaluate(bound, facts, args === undefined ? 'facts' : 'arguments', args);
  return left.kind === 'decided' ? left.decision.outcome : 'unknown';
}

function isTurned(from: FieldState): (to: FieldState) => boolean {
  switch (from) {
    case 'shown':
      return (to) => to === 'masked' || to === 'denied';
    case 'denied':
      return (to) => to === 'shown' || to === 'masked';
    default:
      return (to) => to === 'shown';
  }
}

/** Sets by size, so that a set is only tried when no part of it suffices. */
function search(
  plan: FieldPlan,
  situation: Situation,
  candidates: Candidates,
  { maxChanges, maxCandidates, maxEvaluations }: SearchBounds,
  isWanted: (state: FieldState) => boolean,
): Pick<WhatWouldChange, 'sets' | 'complete'> {
  const all = candidateChanges(plan, situation, candidates);
  const changes = all.slice(0, maxCandidates);
  const sets: ChangeSet[] = [];
  let complete = all.length <= maxCandidates;
  let evaluations = 0;
  let level: readonly (readonly number[])[] = [[]];
  for (let size = 1; size <= Math.min(maxChanges, changes.length); size += 1) {
    const next: number[][] = [];
    for (const chosen of level) {
      for (let index = (chosen.at(-1) ?? -1) + 1; index < changes.length; index += 1) {
        const wanted = [...chosen, index];
        const set = wanted.flatMap((one) => changes[one] ?? []);
        if (!areApart(set) || sets.some((smaller) => smaller.changes.every((change) => set.includes(change)))) continue;
        if (evaluations >= maxEvaluations) return { sets, complete: false };
        evaluations += 1;
        const state = stateOf(plan, changeWorld(situation, set));
        if (isWanted(state)) sets.push({ changes: set, state });
        else next.push(wanted);
      }
    }
    level = next;
  }
  if (level.length > 0 && changes.length > maxChanges) complete = false;
  return { sets, complete };
}

/** Whether no two of them are about the same thing. */
function areApart(changes: readonly Change[]): boolean {
  return new Set(changes.map(slotOf)).size === changes.length;
}

function candidateChanges(plan: FieldPlan, situation: Situation, candidates: Candidates): readonly Change[] {
  const rules = [plan, ...plan.masks].flatMap(({ permission }) => rulesOf(permission));
  return [...tokenChanges(rules, situation.facts), ...collectValueChanges(rules, situation, candidates)];
}

/** What rules ask of a token is learnt from what they say to one that has nothing. */
function tokenChanges(rules: readonly RuleDefinition[], facts: DecisionInput): readonly Change[] {
  const bare = changePrincipal(facts, { scopes: new Set(), signedInAgoSeconds: Number.POSITIVE_INFINITY });
  const scopes = new Set<string>();
  let maxAgeSeconds: number | undefined;
  for (const rule of rules) {
    if (rule.reads !== 'facts') continue;
    const decision = decideRule(rule, bare, undefined, undefined);
    if (decision.outcome === 'allowed') continue;
    const { error } = decision;
    if (error instanceof InsufficientScopeError) {
      for (const scope of error.details?.requiredScopes ?? []) scopes.add(scope);
    } else if (error instanceof InsufficientUserAuthenticationError && error.details) {
      maxAgeSeconds = Math.min(maxAgeSeconds ?? Number.POSITIVE_INFINITY, error.details.maxAgeSeconds);
    }
  }
  const { principal } = facts;
  const isAnonymous = principal.kind === 'anonymous';
  return [
    ...(isAnonymous ? [{ kind: 'signIn' } as const] : []),
    ...[...scopes].map((scope): Change => ({ kind: 'scope', scope, has: !principal.scopes.has(scope) })),
    ...(maxAgeSeconds === undefined || principal.kind === 'machine'
      ? []
      : [{ kind: 'recentSignIn', maxAgeSeconds } as const]),
  ];
}

function untoldOf(plan: FieldPlan, { args, row }: Situation, state: FieldState): WhatWouldChange['untold'] {
  const parts = [plan, ...plan.masks];
  const rules = parts.flatMap(({ permission }) => rulesOf(permission));
  const isOpen = state === 'unknown';
  return [
    ...(parts.some(({ permission }) => containsShieldRule(permission)) ? (['a graphql-shield rule'] as const) : []),
    ...(isOpen && !row && rules.some(({ reads }) => reads === 'row') ? (['the row'] as const) : []),
    ...(isOpen && args === undefined && rules.some(({ reads }) => reads === 'arguments')
      ? (['the arguments'] as const)
      : []),
  ];
}
