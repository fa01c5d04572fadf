import type { FieldPlans } from '../compile/compilePermissions.ts';
import type { Warning } from '../compile/problem.ts';
import { someRule } from '../logic/expression.ts';
import type { RowFilter } from '../rules/rowFilter.ts';

/** Row filters that no field names: no resolver is known to apply them. */
export function unappliedFilterWarnings(
  filters: readonly Pick<RowFilter, 'sentence'>[],
  plans: FieldPlans,
): readonly Warning[] {
  const named = new Set<string>();
  for (const { permission } of plans.values()) {
    someRule(permission, ({ limitedBy = [] }) => {
      for (const sentence of limitedBy) named.add(sentence);
      return false;
    });
  }
  return filters
    .filter(({ sentence }) => !named.has(sentence))
    .map(({ sentence }) => ({
      code: 'UNAPPLIED_ROW_FILTER',
      coordinate: 'rowFilters',
      message: `has "${sentence}", which no field names, so that no resolver is known to apply it`,
      fix: 'put limitedBy(filter) on each field whose resolver applies it, or remove it',
    }));
}
