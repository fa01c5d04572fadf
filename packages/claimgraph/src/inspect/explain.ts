import { bindRow } from '../logic/bindRow.ts';
import { awaitsClaims } from '../logic/claimGroups.ts';
import type { Decision } from '../logic/decision.ts';
import { type ClaimsResult, type DecisionInput, describeClaims } from '../logic/decisionInput.ts';
import type { DenyMode } from '../logic/denyMode.ts';
import { containsShieldRule } from '../logic/evaluateShieldRule.ts';
import { type Expression, reads } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { partialEvaluate } from '../logic/partialEvaluate.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { trackClaimReads, type WatchedFacts } from './trackClaimReads.ts';

/** How a rule, or a tree of rules, was decided: plain data, with names of claims and never their values. */
export interface ExplainedRule {
  readonly kind: 'rule' | 'all' | 'any' | 'not';
  /** `unknown`: more has to be known, see `needs`. */
  readonly verdict: Decision['outcome'] | 'unknown';
  readonly needs?: Need;
  /** What a client would read, when it is not allowed. */
  readonly code?: string;
  readonly name?: string;
  readonly description?: string;
  readonly reads?: readonly ('token' | 'claims' | 'arguments' | 'row' | 'anything')[];
  /** The names of the claims that it read for this verdict. */
  readonly claims?: readonly string[];
  readonly of?: readonly ExplainedRule[];
}

/** `execution`: a rule of graphql-shield itself, which nothing but executing the field can ask. */
export type Need = 'the claims' | 'the arguments' | 'the row' | 'execution';

export interface ExplainedField {
  readonly coordinate: string;
  readonly verdict: ExplainedRule['verdict'];
  readonly needs?: Need;
  readonly code?: string;
  readonly permission: ExplainedRule;
  /** Who reads the value as it is: where one of these denies, it is masked. */
  readonly masks: readonly ExplainedRule[];
  readonly denyMode: DenyMode;
}

/** What is known besides the facts. */
export interface Known {
  /** The coerced arguments; undefined when they are not known. */
  readonly args?: unknown;
  readonly row?: { readonly parent: unknown };
}

/** How the field is decided for a caller, as far as that can be told from what is known. */
export function explainField(plan: FieldPlan, facts: DecisionInput, known: Known = {}): ExplainedField {
  const watched = trackClaimReads(facts);
  const permission = explainExpression(plan.permission, watched, known);
  const masks = plan.masks.map((mask) => explainExpression(mask.permission, watched, known));
  // A mask denies nobody, but while its rule cannot be decided the field is not given out.
  const failure = masks.find(({ verdict }) => verdict === 'indeterminate');
  const { verdict, needs, code } = permission.verdict === 'allowed' && failure ? failure : permission;
  return {
    coordinate: plan.coordinate,
    verdict,
    ...(needs && { needs }),
    ...(code && { code }),
    permission,
    masks,
    denyMode: plan.denyMode,
  };
}

/** How far the claims are known and of when they are, for a record that people read. */
export function explainClaims(claims: ClaimsResult<unknown>): { readonly state: string; readonly asOf?: string } {
  return { state: describeClaims(claims), ...('asOf' in claims && { asOf: claims.asOf.toISOString() }) };
}

function explainExpression(expression: Expression, watched: WatchedFacts, known: Known): ExplainedRule {
  switch (expression.kind) {
    case 'decided':
      return { kind: 'rule', name: nameOfDecided(expression.decision), reads: [], ...toVerdict(expression.decision) };
    case 'foreign': {
      const { name } = expression.rule;
      return { kind: 'rule', name, reads: ['anything'], verdict: 'unknown', needs: 'execution' };
    }
    case 'rule': {
      watched.takeNames();
      const verdict = verdictOfExpression(expression, watched.facts, known);
      const claims = watched.takeNames();
      const { name, description } = expression.rule;
      return {
        kind: 'rule',
        name,
        description,
        reads: readsOf(expression.rule),
        ...(claims.length > 0 && { claims }),
        ...verdict,
      };
    }
    case 'not': {
      const of = [explainExpression(expression.of, watched, known)];
      return { kind: 'not', ...verdictOfExpression(expression, watched.facts, known), of };
    }
    default: {
      const of = expression.of.map((part) => explainExpression(part, watched, known));
      const kind = expression.kind === 'chain' ? 'all' : expression.kind;
      return { kind, ...verdictOfExpression(expression, watched.facts, known), of };
    }
  }
}

type VerdictOfRule = Pick<ExplainedRule, 'verdict' | 'needs' | 'code'>;

function verdictOfExpression(expression: Expression, facts: DecisionInput, { args, row }: Known): VerdictOfRule {
  const open = row ? bindRow(expression, facts, row.parent) : expression;
  const left = partialEvaluate(open, facts, args === undefined ? 'facts' : 'arguments', args);
  return left.kind === 'decided' ? toVerdict(left.decision) : { verdict: 'unknown', needs: needOf(left, facts) };
}

/** What an expression that has been reduced waits for. */
export function needOf(left: Expression, facts: DecisionInput): Need {
  if (containsShieldRule(left)) return 'execution';
  if (awaitsClaims(left, facts)) return 'the claims';
  return reads(left, 'row') ? 'the row' : 'the arguments';
}

function toVerdict(decision: Decision): VerdictOfRule {
  if (decision.outcome === 'allowed') return { verdict: 'allowed' };
  return { verdict: decision.outcome, code: decision.error.code };
}

function nameOfDecided(decision: Decision): string {
  return decision.outcome === 'allowed' ? 'everybody' : decision.rule;
}

function readsOf({ reads: what, readsClaims: claims, needs }: RuleDefinition): NonNullable<ExplainedRule['reads']> {
  if (what === 'nothing') return [];
  const byCaller = what === 'facts' || claims || needs !== undefined;
  return [
    ...(byCaller ? (['token'] as const) : []),
    ...(claims ? (['claims'] as const) : []),
    ...(what === 'facts' ? [] : [what]),
  ];
}
