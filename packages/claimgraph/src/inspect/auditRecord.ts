import type { DecisionInput } from '../logic/decisionInput.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { type ExplainedField, type ExplainedRule, explainField, type Known } from './explain.ts';

/** How a field was decided, in a form for log lines: no row, no argument, and of claims the names. */
export interface AuditRecord extends Pick<ExplainedField, 'coordinate' | 'verdict' | 'needs' | 'code'> {
  readonly rules: readonly Pick<ExplainedRule, 'name' | 'verdict' | 'claims'>[];
}

export function toAuditRecord(plan: FieldPlan, facts: DecisionInput, known: Known = {}): AuditRecord {
  const { coordinate, verdict, needs, code, permission, masks } = explainField(plan, facts, known);
  const rules = [permission, ...masks].flatMap(leavesOf).map((rule) => {
    return { name: rule.name ?? rule.kind, verdict: rule.verdict, ...(rule.claims && { claims: rule.claims }) };
  });
  return { coordinate, verdict, ...(needs && { needs }), ...(code && { code }), rules };
}

function leavesOf(rule: ExplainedRule): readonly ExplainedRule[] {
  return rule.of ? rule.of.flatMap(leavesOf) : [rule];
}
