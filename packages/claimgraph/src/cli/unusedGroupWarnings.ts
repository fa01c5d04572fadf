import type { FieldPlans } from '../compile/compilePermissions.ts';
import type { Personas } from '../inspect/persona.ts';
import { claimGroupsOf } from '../logic/claimGroups.ts';

/** A note for each group of claims that a persona has and no rule reads: misspelt, it would silently be missing. */
export function unusedGroupWarnings(personas: Personas, plans: FieldPlans): readonly string[] {
  const read = [...claimGroupsOf(plans.values())].filter((group) => group !== undefined);
  const known = read.length === 0 ? 'none' : read.join(', ');
  return Object.entries(personas).flatMap(([name, persona]) =>
    Object.keys(('groups' in persona && persona.groups) || {})
      .filter((group) => !read.includes(group))
      .map(
        (group) =>
          `persona "${name}" has claims of the group "${group}", which no rule reads; groups that are read: ${known}`,
      ),
  );
}
