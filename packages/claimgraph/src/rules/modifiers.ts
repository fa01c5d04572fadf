import type { DenyMode } from '../logic/denyMode.ts';
import { brandRule, type FieldRule } from './defineRule.ts';
import { and, type ShieldRule } from './shield.ts';

/**
 * What a permission says about its field besides who may read it. A modifier stands at the top of a field's permission,
 * alone or directly in allOf. Under graphql-shield's own runtime, which knows none, it is the rule that it modifies.
 */
export type Modifier =
  | { readonly kind: 'mask'; readonly rule: ShieldRule; mask(value: unknown): unknown }
  | { readonly kind: 'denyMode'; readonly rule: ShieldRule; readonly mode: DenyMode }
  | { readonly kind: 'exposes'; readonly rule: ShieldRule; readonly links: ExposedBy };

/** Argument → coordinate of the field whose values it tells about: see `exposes`. */
export type ExposedBy = Readonly<Record<string, string>>;

const modifiers = new WeakMap<ShieldRule, Modifier>();

export function modifierOf(rule: ShieldRule): Modifier | undefined {
  return modifiers.get(rule);
}

/**
 * Those whom the rule allows read the field as it is, all others the masked value (null stays null). Who may read the
 * field at all is said by the rules beside it: `allOf(canRead, masked(isAdmin, hideDigits))`.
 */
export function masked<Parent, Args, Value>(
  rule: FieldRule<Parent, Args>,
  mask: (value: Value) => Value,
): FieldRule<Parent, Args> {
  return modify({ kind: 'mask', rule, mask: (value) => mask(value as Value) });
}

/**
 * What becomes of the response when the rule denies the field: `null` gives null and an error (as without a mode);
 * `dropItem` leaves the whole item out of the innermost list around it, without an error; `failOperation` gives no data
 * at all. A rule that could not be decided is never hidden: with `dropItem` it is null and an error.
 */
export function denyMode<Parent, Args>(mode: DenyMode, rule: FieldRule<Parent, Args>): FieldRule<Parent, Args> {
  return modify({ kind: 'denyMode', rule, mode });
}

/**
 * Declares that arguments tell about the values of other fields, as an order or a filter does: `exposes(canList, {
 * 'orderBy.field=SALARY': 'Person.salary', 'filter.minSalary': 'Person.salary' })`. Whoever uses such an argument must be
 * allowed to read that field on every row. `path=VALUE` is about one enum value, a path alone about any value given.
 */
export function exposes<Parent, Args>(rule: FieldRule<Parent, Args>, links: ExposedBy): FieldRule<Parent, Args> {
  return modify({ kind: 'exposes', rule, links });
}

function modify(modifier: Modifier): ShieldRule {
  const shield = and(modifier.rule);
  modifiers.set(shield, modifier);
  return brandRule(shield);
}
