import { type AuditRecord, toAuditRecord } from '../../inspect/auditRecord.ts';
import type { Known } from '../../inspect/explain.ts';
import type { FieldPlan } from '../../logic/fieldPlan.ts';
import { argumentsOf } from '../../operation/authorizeBeforeExecution.ts';
import type { OperationState } from '../../operation/operationState.ts';
import type { RequestContext } from '../context.ts';

/** A log line is read by people, and paid for by its length. */
const maxRecords = 50;

/**
 * How an operation was decided, for its log line: the fields that were refused, and in a sample all of them.
 */
export function auditDecisions(
  { authorization }: RequestContext,
  isSampled: boolean,
): readonly AuditRecord[] | undefined {
  const { operation } = authorization;
  const refused = new Set(authorization.refusals().map(({ coordinate }) => coordinate));
  if (!operation || (refused.size === 0 && !isSampled)) return undefined;
  const plans = [...operation.plan.fields.keys()].filter(({ coordinate }) => isSampled || refused.has(coordinate));
  return plans.slice(0, maxRecords).flatMap((plan) => {
    const records = knownOf(plan, operation, authorization).map((known) => {
      return toAuditRecord(plan, authorization.facts(), known);
    });
    return records.find(({ verdict }) => verdict === 'denied' || verdict === 'indeterminate') ?? records[0] ?? [];
  });
}

/** What is known of a field: of a root field its arguments, once for each alias, and of others the first row refused. */
function knownOf(
  plan: FieldPlan,
  { plan: { rootFields }, variables }: OperationState,
  { firstRefused, recorder }: RequestContext['authorization'],
): readonly Known[] {
  const roots = [...rootFields.values()].filter((root) => root.plan === plan);
  if (roots.length > 0) return roots.map((root) => ({ args: argumentsOf(root, variables) }));
  // Where decisions are recorded, rows are asked about with the watched expression.
  const row = firstRefused(recorder()?.watch(plan.coordinate, plan.permission) ?? plan.permission);
  return [row ? { args: row.args, row } : {}];
}
