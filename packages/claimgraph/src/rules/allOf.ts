import type { FieldRule } from './defineRule.ts';
import { and, or } from './shield.ts';

/** Every rule must allow; the first that denies names the error. Put what costs least first. */
export function allOf<Parent, Args>(...rules: readonly FieldRule<Parent, Args>[]): FieldRule<Parent, Args> {
  return and(...rules);
}

/** One rule must allow. When all deny, the client reads the denial it can do most about. */
export function anyOf<Parent, Args>(...rules: readonly FieldRule<Parent, Args>[]): FieldRule<Parent, Args> {
  return or(...rules);
}
