import { ConfigurationError } from '../errors.ts';
import { createRule, type FieldRule } from './rule.ts';

/**
 * For a computed field: whoever reads it must be allowed to read every field that it is computed from, as they are and
 * unmasked. The fields are named by their coordinates; rules on rows can only be inherited within one type, rules on
 * arguments not at all. Throws ConfigurationError when none is named.
 */
export function inherit(...coordinates: readonly [string, ...string[]]): FieldRule {
  if (coordinates.length < 1) {
    throw new ConfigurationError('inherit: expected one or more coordinates of fields, like Order.price; got none');
  }
  return createRule(`inherits from ${coordinates.join(', ')}`, { kind: 'inherit', coordinates });
}
