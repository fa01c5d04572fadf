import { ConfigurationError } from '../errors.ts';
import { brandRule, type FieldRule } from './defineRule.ts';
import { type ShieldRule, rule as shieldRule } from './shield.ts';

const inherited = new WeakMap<ShieldRule, readonly string[]>();

/**
 * For a computed field: whoever reads it must be allowed to read every field that it is computed from, as they are and
 * unmasked. The fields are named by their coordinates; rules on rows can only be inherited within one type, rules on
 * arguments not at all. Throws ConfigurationError when none is named.
 */
export function inherit(...dependsOn: readonly [string, ...string[]]): FieldRule {
  if (dependsOn.length < 1) {
    throw new ConfigurationError('inherit: expected one or more coordinates of fields, like Order.price; got none');
  }
  const rule = shieldRule(`inherits from ${dependsOn.join(', ')}`)(() => {
    throw new Error('inherit needs the compiler: it means nothing to graphql-shield alone');
  });
  inherited.set(rule, dependsOn);
  return brandRule(rule);
}

/** The coordinates that a rule made by `inherit` names; undefined for any other rule. */
export function inheritedBy(rule: ShieldRule): readonly string[] | undefined {
  return inherited.get(rule);
}
