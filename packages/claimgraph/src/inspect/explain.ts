import { bindRow } from '../logic/bindRow.ts';
import { awaitsClaims } from '../logic/claimGroups.ts';
import type { Decision } from '../logic/decision.ts';
import { type ClaimsResult, type DecisionInput, describeClaims } from '../logic/decisionInput.ts';
import type { DenyMode } from '../logic/denyMode.ts';
import { decideRule } from '../logic/evaluate.ts';
import { containsShieldRule } from '../logic/evaluateShieldRule.ts';
import { type Expression, reads } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { partialEvaluate } from '../logic/partialEvaluate.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { trackClaimReads, type WatchedFacts } from './trackClaimReads.ts';
import { watchPaths } from './watchPaths.ts';

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
  /** What it compared; only where it was asked for. */
  readonly values?: readonly ReadValue[];
  readonly of?: readonly ExplainedRule[];
}

/** A value that a rule read, as JSON. For developers: such values are in no log and in no answer of a production server. */
export interface ReadValue {
  readonly from: 'claims' | 'row' | 'arguments';
  readonly name: string;
  readonly value: string;
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
  /** Whether the values that rules read are told; they are not unless this says so. */
  readonly values?: 'shown' | undefined;
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
        ...(known.values === 'shown' && { values: valuesRead(expression.rule, watched.facts, claims, known) }),
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

/** A long value, such as a list of thousands, is cut. */
const maxValueLength = 200;

function valuesRead(
  rule: RuleDefinition,
  facts: DecisionInput,
  claims: readonly string[],
  { args, row }: Known,
): readonly ReadValue[] {
  const paths = new Set<string>();
  const watch = (value: unknown) => watchPaths(value, [], paths);
  const [from, whole] = rule.reads === 'row' ? (['row', row?.parent] as const) : (['arguments', args] as const);
  if (rule.reads === 'row' && row) decideRule(rule, facts, watch(row.parent), undefined);
  if (rule.reads === 'arguments' && args !== undefined) decideRule(rule, facts, undefined, watch(args));
  return [
    ...claims.map((name): ReadValue => ({ from: 'claims', name, value: toText(claimOf(facts, name)) })),
    ...[...paths].map((path): ReadValue => ({ from, name: path, value: toText(valueAt(whole, path.split('.'))) })),
  ];
}

/** `name` of the claims of no group, or `group.name`. */
function claimOf(facts: DecisionInput, name: string): unknown {
  const [first = '', ...rest] = name.split('.');
  const own = facts.claims.state === 'found' ? valueAt(facts.claims.claims, [name]) : undefined;
  const ofGroup = rest.length === 0 ? undefined : facts.groups?.get(first);
  return ofGroup?.state === 'found' ? valueAt(ofGroup.claims, [rest.join('.')]) : own;
}

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  return typeof value === 'object' && value !== null ? valueAt(Reflect.get(value, name), rest) : undefined;
}

function toText(value: unknown): string {
  const text = JSON.stringify(value, (_key, one: unknown) => toJson(one)) ?? String(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

function toJson(value: unknown): unknown {
  if (value instanceof Set) return [...value];
  return typeof value === 'bigint' ? String(value) : value;
}

type VerdictOfRule = Pick<ExplainedRule, 'verdict' | 'needs' | 'code'>;

function verdictOfExpression(expression: Expression, facts: DecisionInput, { args, row }: Known): VerdictOfRule {
  const open = row ? bindRow(expression, facts, row.parent) : expression;
  const left = partialEvaluate(open, facts, args === undefined ? 'facts' : 'arguments', args);
  return left.kind === 'decided' ? toVerdict(left.decision) : { verdict: 'unknown', needs: needOf(left, facts) };
}

/** `denied FORBIDDEN`, `unknown needs the row`: the same wherever people read it. */
export function describeVerdict({ verdict, needs, code }: VerdictOfRule): string {
  return [verdict, ...(code ? [code] : []), ...(needs ? [`needs ${needs}`] : [])].join(' ');
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
