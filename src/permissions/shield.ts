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

export const { rule, and, or, chain, race, not, allow, deny } = shield;

/** A rule or a tree of rules, as graphql-shield defines it. */
export type ShieldRule = Parameters<typeof and>[number];

/** A shield rule tree taken apart; `undefined` when the value was not made by this copy of graphql-shield. */
export type ShieldNode =
  | { readonly kind: 'leaf'; readonly rule: ShieldRule }
  | { readonly kind: 'all' | 'any' | 'not'; readonly rules: readonly unknown[] }
  | { readonly kind: 'allow' | 'deny' };

const Rule = rule()(() => true).constructor;
const kindOfLogicRule = new Map<unknown, 'all' | 'any' | 'not'>([
  [and(allow).constructor, 'all'],
  [chain(allow).constructor, 'all'],
  [or(allow).constructor, 'any'],
  [race(allow).constructor, 'any'],
  [not(allow).constructor, 'not'],
]);

/** Reads the structure of a shield rule by the identity of its class, never by its class's name. */
export function readShieldRule(value: unknown): ShieldNode | undefined {
  if (value === allow) return { kind: 'allow' };
  if (value === deny) return { kind: 'deny' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (value.constructor === Rule) return { kind: 'leaf', rule: value as ShieldRule };
  const kind = kindOfLogicRule.get(value.constructor);
  return kind && { kind, rules: (value as ReturnType<typeof and>).getRules() };
}
