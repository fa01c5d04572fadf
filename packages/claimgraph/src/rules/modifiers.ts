import type { DenyMode } from '../logic/denyMode.ts';
import { createRule, type ExposedBy, type FieldRule } from './rule.ts';

/**
 * Those whom the rule allows read the field as it is, all others the masked value (null stays null). Who may read the
 * field at all is said by the rules beside it: `allOf(canRead, masked(isAdmin, hideDigits))`.
 */
export function masked<Parent, Args, Value>(
  rule: FieldRule<Parent, Args>,
  mask: (value: Value) => Value,
): FieldRule<Parent, Args> {
  return createRule('masked', { kind: 'mask', rule, mask });
}

/**
 * What becomes of the response when the rule denies the field: `null` gives null and an error (as without a mode);
 * `dropItem` leaves the whole item out of the innermost list around it, without an error; `failOperation` gives no data
 * at all. A rule that could not be decided is never hidden: with `dropItem` it is null and an error.
 */
export function denyMode<Parent, Args>(mode: DenyMode, rule: FieldRule<Parent, Args>): FieldRule<Parent, Args> {
  return createRule(`deny mode ${mode}`, { kind: 'denyMode', rule, mode });
}

/**
 * Declares that arguments tell about the values of other fields, as an order or a filter does: `exposes(canList, {
 * 'orderBy.field=SALARY': 'Person.salary', 'filter.minSalary': 'Person.salary' })`. Whoever uses such an argument must be
 * allowed to read that field on every row. `path=VALUE` is about one enum value, a path alone about any value given.
 */
export function exposes<Parent, Args>(rule: FieldRule<Parent, Args>, links: ExposedBy): FieldRule<Parent, Args> {
  return createRule('exposes', { kind: 'exposes', rule, links });
}
