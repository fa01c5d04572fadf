import type { FieldRule } from './defineRule.ts';
import { narrowClaims } from './narrowClaims.ts';

/**
 * The same rule, for what must not be decided by old claims: those that are only given because their source fails are
 * unavailable to it, so that the field is CLAIMS_UNAVAILABLE. Takes one rule of the vocabulary that reads claims; throws
 * ConfigurationError for anything else.
 */
export function fresh<Parent, Args>(rule: FieldRule<Parent, Args>): FieldRule<Parent, Args> {
  return narrowClaims('fresh', rule, { fresh: true });
}
