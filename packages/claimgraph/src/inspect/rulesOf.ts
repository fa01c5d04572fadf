import type { Expression } from '../logic/expression.ts';
import type { FieldPlan } from '../logic/fieldPlan.ts';
import { inputPlansOf } from '../logic/fieldPlan.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';

/** The rules of the vocabulary that an expression asks; not those of graphql-shield. */
export function rulesOf(expression: Expression): readonly RuleDefinition[] {
  switch (expression.kind) {
    case 'rule':
      return [expression.rule];
    case 'not':
      return rulesOf(expression.of);
    case 'decided':
    case 'foreign':
      return [];
    default:
      return expression.of.flatMap(rulesOf);
  }
}

/** Every scope that a rule of the permission map asks about, in order. Rules of graphql-shield cannot be asked. */
export function scopesOf(plans: Iterable<FieldPlan>): readonly string[] {
  const fields = [...plans];
  const asked = [...fields, ...inputPlansOf(fields)].flatMap(({ permission, masks }) =>
    [permission, ...masks.map((mask) => mask.permission)].flatMap(rulesOf),
  );
  return [...new Set(asked.flatMap(({ scopes = [] }) => scopes))].toSorted();
}
