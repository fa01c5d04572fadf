import { createRule, type FieldRule } from './rule.ts';

/** Every rule must allow; the first that denies names the error. Put what costs least first. */
export function allOf<Parent, Args>(...rules: readonly FieldRule<Parent, Args>[]): FieldRule<Parent, Args> {
  return createRule('all of its rules', { kind: 'all', rules });
}

/** One rule must allow. When all deny, the client reads the denial it can do most about. */
export function anyOf<Parent, Args>(...rules: readonly FieldRule<Parent, Args>[]): FieldRule<Parent, Args> {
  return createRule('any of its rules', { kind: 'any', rules });
}
