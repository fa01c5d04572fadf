import { ConfigurationError } from '../errors.ts';
import { claimGroupsOf } from '../logic/claimGroups.ts';
import type { ClaimGroup } from '../logic/decisionInput.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';

/** The claims that a server has a source for: the groups by their names, and undefined for the claims of no group. */
export type ConfiguredClaims = readonly ClaimGroup[];

/**
 * Holds the groups that rules name against those that there are. Throws ConfigurationError with every field whose rule
 * reads claims that no source gives; gives a warning for each group that no rule reads, which would never be loaded.
 */
export function checkClaimGroups(plans: Iterable<FieldPlan>, configured: ConfiguredClaims): readonly string[] {
  const names = configured.filter((group) => group !== undefined);
  const readSomewhere = new Set<ClaimGroup>();
  const problems = new Set<string>();
  for (const plan of plans) {
    for (const group of claimGroupsOf([plan])) {
      readSomewhere.add(group);
      if (configured.includes(group)) continue;
      problems.add(
        group === undefined
          ? `${plan.coordinate}: reads claims of no group, but only groups have a source; write inGroup(…) or add \`claims: { source }\``
          : `${plan.coordinate}: reads claims of the group ${group}; expected ${describeGroups(names)}`,
      );
    }
  }
  if (problems.size > 0) {
    throw new ConfigurationError(
      `the permission map reads claims that have no source (${problems.size}):\n  ${[...problems].join('\n  ')}`,
    );
  }
  return names
    .filter((name) => !readSomewhere.has(name))
    .map(
      (name) =>
        `claims group ${name}: no rule reads it, so it is never loaded; remove it, or write inGroup('${name}', …)`,
    );
}

function describeGroups(names: readonly string[]): string {
  return names.length === 0 ? 'no group, for none has a source' : `one of ${names.join(', ')}`;
}
