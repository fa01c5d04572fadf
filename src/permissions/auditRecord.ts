import { type ExplainedField, type ExplainedRule, explainField, type Known } from './explain.ts';
import type { Facts } from './facts.ts';
import type { FieldPlan } from './fieldPlan.ts';

/** How a field was decided, in a form for log lines: no row, no argument, and of claims the names. */
export interface AuditRecord extends Pick<ExplainedField, 'coordinate' | 'verdict' | 'needs' | 'code'> {
  readonly rules: readonly Pick<ExplainedRule, 'name' | 'verdict' | 'claims'>[];
}

export function toAuditRecord(plan: FieldPlan, facts: Facts, known: Known = {}): AuditRecord {
  const { coordinate, verdict, needs, code, permission, masks } = explainField(plan, facts, known);
  const rules = [permission, ...masks].flatMap(leavesOf).map((rule) => {
    return { name: rule.name ?? rule.kind, verdict: rule.verdict, ...(rule.claims && { claims: rule.claims }) };
  });
  return { coordinate, verdict, ...(needs && { needs }), ...(code && { code }), rules };
}

function leavesOf(rule: ExplainedRule): readonly ExplainedRule[] {
  return rule.of ? rule.of.flatMap(leavesOf) : [rule];
}
