import { inspect } from 'node:util';
import { ConfigurationError } from '../errors.ts';
import type { FieldRule } from './defineRule.ts';
import { narrowClaims } from './narrowClaims.ts';

/**
 * The same rule, reading the claims of one group and no others: an operation whose rules read none of a group does not
 * load it. Takes one rule of the vocabulary that reads claims; throws ConfigurationError for anything else, for one of
 * another group, and for a name that is not made of letters, digits and `_`.
 */
export function inGroup<Parent, Args>(group: string, rule: FieldRule<Parent, Args>): FieldRule<Parent, Args> {
  if (typeof group !== 'string' || !/^[A-Za-z]\w*$/.test(group)) {
    throw new ConfigurationError(`inGroup: expected the name of a group, such as limits; got ${inspect(group)}`);
  }
  return narrowClaims('inGroup', rule, { claimGroup: group });
}
