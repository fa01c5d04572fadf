import { createRequire } from 'node:module';
import nodeUtil from 'node:util';
import type * as Shield from 'graphql-shield';

/**
 * The only importer of graphql-shield. Its ES build does not load on Node 23 and later (it imports `isUndefined` from
 * `util`, which is gone), and its CommonJS `chain` and `race` deny everything there. So the CommonJS build of
 * graphql-shield and of graphql-middleware is taken, with `util.isUndefined` put back first. Seen with graphql-shield
 * 7.6.5 and graphql-middleware 6.1.35; can go when shield publishes a build without `util.isUndefined`.
 */
const require = createRequire(import.meta.url);
if (!('isUndefined' in nodeUtil)) {
  Object.defineProperty(nodeUtil, 'isUndefined', { value: (value: unknown) => value === undefined });
}
require('graphql-middleware');
const shield: typeof Shield = require('graphql-shield');

// The declarations of the build cannot name these types without being told.
export const rule: typeof Shield.rule = shield.rule;
export const inputRule: typeof Shield.inputRule = shield.inputRule;
export const and: typeof Shield.and = shield.and;
export const or: typeof Shield.or = shield.or;
export const chain: typeof Shield.chain = shield.chain;
export const race: typeof Shield.race = shield.race;
export const not: typeof Shield.not = shield.not;
export const allow: typeof Shield.allow = shield.allow;
export const deny: typeof Shield.deny = shield.deny;

/** A rule or a tree of rules, as graphql-shield defines it. */
export type ShieldRule = Parameters<typeof and>[number];

/** What graphql-shield's `shield()` takes: one rule, or rules by type, or by type and field. */
export type ShieldTree = Parameters<typeof Shield.shield>[0];

/** A shield rule tree taken apart; `undefined` when the value was not made by this copy of graphql-shield. */
export type ShieldNode =
  | ShieldLeaf
  | { readonly kind: 'all' | 'chain' | 'any'; readonly rules: readonly unknown[] }
  | ShieldNot
  | { readonly kind: 'allow' | 'deny' };

/** A rule made by `rule()` or `inputRule()`. */
export interface ShieldLeaf {
  readonly kind: 'leaf';
  readonly rule: ShieldRule;
  /** For the log: graphql-shield names a rule without a name by a random number. */
  readonly name: string;
  readonly func: unknown;
  readonly isInput: boolean;
  /** The fragment of a rule for delegated schemas. */
  readonly fragment: unknown;
}

export interface ShieldNot {
  readonly kind: 'not';
  readonly rules: readonly unknown[];
  /** What it was given to deny with. */
  readonly error: unknown;
}

const Rule = rule()(() => true).constructor;
const InputRule = inputRule()((yup) => yup.object()).constructor;
const kindOfLogicRule = new Map<unknown, 'all' | 'chain' | 'any' | 'not'>([
  [and(allow).constructor, 'all'],
  [chain(allow).constructor, 'chain'],
  [or(allow).constructor, 'any'],
  [race(allow).constructor, 'any'],
  [not(allow).constructor, 'not'],
]);

/** Reads the structure of a shield rule by the identity of its class, never by its class's name. */
export function readShieldRule(value: unknown): ShieldNode | undefined {
  if (value === allow) return { kind: 'allow' };
  if (value === deny) return { kind: 'deny' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (value.constructor === Rule || value.constructor === InputRule) return readLeaf(value as ShieldRule);
  const kind = kindOfLogicRule.get(value.constructor);
  if (!kind) return undefined;
  const { rules, error } = value as { readonly rules: readonly unknown[]; readonly error?: unknown };
  return kind === 'not' ? { kind, rules, error } : { kind, rules };
}

function readLeaf(leaf: ShieldRule): ShieldLeaf {
  // Private to graphql-shield's types, public in what it runs.
  const { name, func, fragment } = leaf as unknown as Readonly<Record<string, unknown>>;
  const isNamed = typeof name === 'string' && !/^0(\.\d+(e-\d+)?)?$/.test(name);
  const named = isNamed ? name : (typeof func === 'function' && func.name) || 'a rule without a name';
  return { kind: 'leaf', rule: leaf, name: named, func, isInput: leaf.constructor === InputRule, fragment };
}
