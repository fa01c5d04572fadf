import { claimGroupsOf } from '../logic/claimGroups.ts';
import type { ClaimGroup } from '../logic/decisionInput.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { createProblemList, type Problem, ProblemsError, type Warning } from './problem.ts';

/** The claims that a server has a source for: the groups by their names, and undefined for the claims of no group. */
export type ConfiguredClaims = readonly ClaimGroup[];

/** Rules read claims that no source gives. */
export class ClaimsWithoutSourceError extends ProblemsError {
  constructor(problems: readonly Problem[]) {
    super('the permission map reads claims that have no source', problems);
  }
}

/**
 * Holds the groups that rules name against those that there are. Throws ClaimsWithoutSourceError with every field whose rule
 * reads claims that no source gives; gives a warning for each group that no rule reads, which would never be loaded.
 */
export function checkClaimGroups(plans: Iterable<FieldPlan>, configured: ConfiguredClaims): readonly Warning[] {
  const names = configured.filter((group) => group !== undefined);
  const readSomewhere = new Set<ClaimGroup>();
  const { report, problems } = createProblemList();
  for (const plan of plans) {
    for (const group of claimGroupsOf([plan])) {
      readSomewhere.add(group);
      if (configured.includes(group)) continue;
      const [message, fix] =
        group === undefined
          ? ['reads claims of no group, but only groups have a source', 'write inGroup(…), or add `claims: { source }`']
          : [`reads claims of the group ${group}, which has no source`, `expected ${describeGroups(names)}`];
      report(plan.coordinate, 'CLAIMS_WITHOUT_SOURCE', message, fix);
    }
  }
  const found = problems();
  if (found.length > 0) throw new ClaimsWithoutSourceError(found);
  return names
    .filter((name) => !readSomewhere.has(name))
    .map((name) => ({
      code: 'UNUSED_CLAIM_GROUP',
      coordinate: `claims.groups.${name}`,
      message: 'no rule reads it, so it is never loaded',
      fix: `remove it, or write inGroup('${name}', …)`,
    }));
}

function describeGroups(names: readonly string[]): string {
  return names.length === 0 ? 'no group, for none has a source' : `one of ${names.join(', ')}`;
}
