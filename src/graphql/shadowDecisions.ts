import { argumentsOf } from '../permissions/preflight.ts';
import {
  type AskedField,
  type CandidatePlans,
  findShadowDifferences,
  type ShadowDifference,
} from '../permissions/shadow.ts';
import type { RequestContext } from './context.ts';
import { plannedFor } from './plannedOperations.ts';

/** A log line is read by people, and paid for by its length. */
const maxDifferences = 50;

/** Where the candidate map would have decided a field of the operation otherwise, for its log line; undefined when nowhere. */
export function shadowDecisions(
  context: RequestContext,
  candidates: CandidatePlans | undefined,
): readonly ShadowDifference[] | undefined {
  const planned = plannedFor(context);
  if (!candidates || !planned) return undefined;
  const { plan, variables } = planned;
  const asked: AskedField[] = [
    ...[...plan.rootFields.values()].map((root) => ({ plan: root.plan, args: argumentsOf(root, variables) })),
    ...[...plan.below.keys()].map((field) => ({ plan: field })),
  ];
  const differences = findShadowDifferences(asked, candidates, context.authorization.facts());
  return differences.length === 0 ? undefined : differences.slice(0, maxDifferences);
}
