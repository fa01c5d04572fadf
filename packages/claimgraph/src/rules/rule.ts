import type { Condition } from '../filters/condition.ts';
import type { ClaimsView, LookupKey, RowLookup } from '../logic/decisionInput.ts';
import type { DenyMode } from '../logic/denyMode.ts';
import type { MachinePrincipal, UserPrincipal } from '../token/principal.ts';
import { type LeafRule, readShieldRule, type ShieldRule } from './shieldTree.ts';

/** A principal that sent a token. */
export type Caller = UserPrincipal | MachinePrincipal;

/**
 * A rule that fits fields of type `Parent` with the arguments `Args`: one of the vocabulary, or of graphql-shield. A rule
 * written for another parent does not compile there.
 */
export type FieldRule<Parent = unknown, Args = unknown> = ShieldRule & {
  readonly __fits?: (parent: Parent, args: Args) => void;
};

/**
 * The rules of a type's fields: one for each, or a default `'*'` for those that are not named. That there is no `'*'` is
 * said in so many words, so that the compiler names the field that was forgotten rather than the `'*'`.
 */
export type TypeRules<Parent, Fields> =
  | (Fields & { readonly '*'?: never })
  | (Partial<Fields> & { readonly '*': FieldRule<Parent> });

/** What a rule of the vocabulary is: plain data, which the compiler reads. */
export type RuleData = LeafData | LogicData | InheritData | Modifier;

/** One question, which is allowed or denied by itself: `definitionOf` says how. */
export type LeafData = WrittenData | NarrowedData;

export type WrittenData =
  | { readonly kind: 'public'; readonly reason: string }
  | { readonly kind: 'token' }
  | { readonly kind: 'scopes'; readonly needs: 'all' | 'one'; readonly scopes: readonly string[] }
  | { readonly kind: 'recentSignIn'; readonly maxAgeSeconds: number }
  | { readonly kind: 'needsClaims'; readonly sentence: string }
  | { readonly kind: 'claims'; readonly sentence: string; predicate(claims: unknown, caller: Caller): boolean }
  | { readonly kind: 'arguments'; readonly sentence: string; predicate(args: unknown): boolean }
  | {
      readonly kind: 'argumentsByClaims';
      readonly sentence: string;
      predicate(args: unknown, claims: unknown, caller: Caller): boolean;
    }
  | {
      readonly kind: 'row';
      readonly sentence: string;
      predicate(row: unknown, claims: unknown, caller: Caller): boolean;
    }
  | { readonly kind: 'rowByToken'; readonly sentence: string; predicate(row: unknown, caller: Caller): boolean }
  | { readonly kind: 'rowFilter'; readonly filter: FilterData }
  | { readonly kind: 'limitedBy'; readonly filters: readonly FilterData[] }
  | ({ readonly kind: 'rowLookup' } & LookupData)
  | ({ readonly kind: 'rowLookupByToken' } & LookupData);

/** What `rowFilter` makes, as rules of it need it. */
interface FilterData {
  readonly sentence: string;
  readonly condition: Condition;
  scopeOf(claims: unknown, caller: Caller): unknown;
}

interface LookupData {
  readonly sentence: string;
  readonly lookup: RowLookup;
  key(row: unknown): LookupKey | null | undefined;
}

/** What rules of one kind are made of. */
export type DataOf<Kind extends RuleData['kind']> = Extract<RuleData, { readonly kind: Kind }>;

/** A rule that sees other claims than it was written for, and what was written. */
export interface NarrowedData extends ClaimsView {
  readonly kind: 'narrowed';
  readonly written: WrittenData;
}

export interface LogicData {
  readonly kind: 'all' | 'any';
  readonly rules: readonly ShieldRule[];
}

export interface InheritData {
  readonly kind: 'inherit';
  readonly coordinates: readonly string[];
}

/**
 * What a permission says about its field besides who may read it. A modifier stands at the top of a field's permission,
 * alone or directly in allOf.
 */
export type Modifier =
  | { readonly kind: 'mask'; readonly rule: ShieldRule; mask(value: unknown): unknown }
  | { readonly kind: 'denyMode'; readonly rule: ShieldRule; readonly mode: DenyMode }
  | { readonly kind: 'exposes'; readonly rule: ShieldRule; readonly links: ExposedBy };

/** Argument → coordinate of the field whose values it tells about: see `exposes`. */
export type ExposedBy = Readonly<Record<string, string>>;

/** A rule of the vocabulary, which graphql-shield takes for one of its own. */
export interface RuleOf<Data extends RuleData = RuleData> extends LeafRule {
  readonly [brand]: { readonly version: number; readonly data: Data };
}

/** The same in every copy of this module that the process may load. */
const brand: unique symbol = Symbol.for('claimgraph.rule');

/** Raised with every change of `RuleData` that an engine of before would read otherwise than it is meant. */
const version = 1;

/**
 * Makes a rule, which can stand inside graphql-shield's `and`, `or`, `chain`, `race` and `not`. graphql-shield itself does
 * not know what it says: run by that alone it rejects, which denies the field whatever stands around the rule.
 */
export function createRule<Data extends RuleData>(name: string, data: Data): RuleOf<Data> {
  const rule: RuleOf<Data> = {
    name,
    [brand]: { version, data: Object.freeze(data) },
    equals: (other) => other === rule,
    extractFragment: () => undefined,
    resolve: () =>
      Promise.reject(new Error(`the rule "${name}" is decided by claimgraph; graphql-shield alone cannot`)),
  };
  // graphql-shield knows rules of another copy of itself by the name of their class.
  Object.defineProperty(rule, 'constructor', { value: { name: 'Rule' } });
  return Object.freeze(rule);
}

/** What a value is as a rule of the vocabulary, whichever copy of it made the rule; undefined for any other value. */
export function readRule(
  value: unknown,
): RuleData | { readonly kind: 'unreadable'; readonly version: unknown } | undefined {
  if (typeof value !== 'object' || value === null || !(brand in value)) return undefined;
  const made = Object(value[brand]);
  return made.version === version ? made.data : { kind: 'unreadable', version: made.version };
}

/** Whether a value is a rule, of the vocabulary or of graphql-shield. */
export function isRule(value: unknown): value is ShieldRule {
  return readRule(value) !== undefined || readShieldRule(value) !== undefined;
}
