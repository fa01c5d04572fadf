import { ConfigurationError } from '../errors.ts';
import type { PermissionMap } from './permissionMap.ts';
import { isRule } from './rule.ts';
import { looksLikeShieldRule, type ShieldRule, type ShieldTree } from './shieldTree.ts';

export interface FromShieldOptions {
  /**
   * Decides every field that the tree does not cover; graphql-shield's own default is `allow`. Without it there is none:
   * an uncovered field stops the boot.
   */
  readonly fallbackRule?: ShieldRule;
}

/**
 * A rule tree as graphql-shield's `shield()` takes it → a permission map for `createGuardedSchema`: one rule for the
 * whole schema, a rule for a type, or rules for its fields with `'*'` for the others. Throws ConfigurationError for
 * options of `shield()` that mean nothing here; what is wrong in the tree is told by the compiler, which has the schema.
 */
export function fromShield(tree: ShieldTree, options: FromShieldOptions = {}): PermissionMap {
  const unknown = Object.keys(options).filter((name) => name !== 'fallbackRule');
  if (unknown.length > 0) {
    throw new ConfigurationError(
      `fromShield: expected fallbackRule as the only option; got ${unknown.join(', ')}; see docs/from-graphql-shield.md for what takes their place`,
    );
  }
  if (!isMap(tree)) return { '*': tree };
  if (Object.hasOwn(tree, '*')) {
    throw new ConfigurationError(
      "fromShield: graphql-shield knows no '*' in place of a type; use the option fallbackRule",
    );
  }
  // What is no map of fields is put in the place of a rule, where the compiler says what is wrong with it.
  const types = Object.entries(tree).map(([type, rules]) => [type, isMap(rules) ? { ...rules } : { '*': rules }]);
  return Object.fromEntries('fallbackRule' in options ? [...types, ['*', options.fallbackRule]] : types);
}

/** Rules by name: an object of whatever kind that is no rule itself, as a literal, a module's namespace or an instance. */
function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return !isRule(value) && !looksLikeShieldRule(value);
}
