import { type ClaimsUnavailableError, InternalError } from '../errors.ts';
import type { Principal } from '../token/principal.ts';
import { type Indeterminate, indeterminate } from './decision.ts';
import type { MaybePromise } from './maybePromise.ts';

/** What the rules of one operation are decided from; the same for all of its fields. */
export interface DecisionInput<C = unknown> {
  readonly principal: Principal;
  /** Those of no group. */
  readonly claims: ClaimsResult<C>;
  /** The group that `claims` are of, as a rule of it sees them. */
  readonly claimGroup?: string;
  /** Those of each group, by its name; of a group that it does not have they are notLoaded. */
  readonly groups?: { get(group: string): ClaimsResult<unknown> | undefined };
  /** When the operation began, in seconds since the epoch. */
  readonly nowSeconds: number;
  /** Where rules that look something up have it looked up; nobody can be asked without. */
  readonly lookups?: RowLookups;
}

/** What the look-ups of one operation have answered, and what they are to be asked. */
export interface RowLookups {
  /** Undefined when the key was not asked for, or is not answered yet. */
  find(question: LookupQuestion): LookupAnswer | undefined;
  ask(question: LookupQuestion, caller: Principal, claims: unknown): MaybePromise<LookupAnswer>;
}

/** The same question has the same answer throughout an operation: it has one caller, and one claims of a group. */
export interface LookupQuestion {
  readonly lookup: RowLookup;
  readonly claimGroup: ClaimGroup;
  readonly key: LookupKey;
}

/** What a row is looked up by. */
export type LookupKey = string | number | bigint;

/** Whether it is so; an error where that could not be told. */
export type LookupAnswer = boolean | ClaimsUnavailableError;

/** How a schema author's data is asked about many rows at once. */
export interface RowLookup {
  /** For the log. */
  readonly sentence: string;
  readonly maxKeys: number;
  readonly timeoutMs: number;
  /** Whatever is not true in the map is a no, but an Error: that key could not be decided. */
  load(keys: readonly LookupKey[], claims: unknown, caller: Principal, signal: AbortSignal): Promise<unknown>;
}

/** How far the business claims of the caller are known. Settled once, before anything of the operation executes. */
export type ClaimsResult<C> =
  /** Not asked for. */
  | { readonly state: 'not-loaded' }
  /** The caller has a business record, read at `asOf`; `stale` is why it is given although it has outlived its time. */
  | { readonly state: 'found'; readonly claims: C; readonly asOf: Date; readonly stale?: ClaimsUnavailableError }
  /** The caller is known, and had no business record at `asOf`. */
  | { readonly state: 'absent'; readonly asOf: Date }
  /** The store could not tell. */
  | { readonly state: 'unavailable'; readonly error: ClaimsUnavailableError };

/** What asking for claims ends with. */
export type LoadedClaims<C> = Exclude<ClaimsResult<C>, { readonly state: 'not-loaded' }>;

/** Which claims a rule reads: those of a group, or where that is undefined, those of no group. */
export type ClaimGroup = string | undefined;

const notLoaded = { state: 'not-loaded' } as const;

export function claimsOfGroup<C>(facts: DecisionInput<C>, group: ClaimGroup): ClaimsResult<unknown> {
  return group === undefined ? facts.claims : (facts.groups?.get(group) ?? notLoaded);
}

/** How a rule sees claims. */
export interface ClaimsView {
  /** The group whose claims it reads; those of no group unless given. See `inGroup`. */
  readonly claimGroup?: string;
  /** Claims that are only given because their source fails are unavailable to it. See `fresh`. */
  readonly fresh?: boolean;
}

/** The claims as a rule may see them: those of its group, and to one that is to be fresh, stale ones are unavailable. */
export function claimsFor({ fresh, claimGroup }: ClaimsView, facts: DecisionInput): ClaimsResult<unknown> {
  const claims = claimsOfGroup(facts, claimGroup);
  if (!fresh || claims.state !== 'found' || !claims.stale) return claims;
  return { state: 'unavailable', error: claims.stale };
}

/** The facts as a rule may see them: the same object, but where it may not see the claims as they are. */
export function inputForRule(rule: ClaimsView, facts: DecisionInput): DecisionInput {
  const claims = claimsFor(rule, facts);
  const { claimGroup } = rule;
  return claims === facts.claims ? facts : { ...facts, claims, ...(claimGroup !== undefined && { claimGroup }) };
}

/** A claims rule met claims that nobody asked for: a defect of ours, so the field fails rather than being decided. */
export function claimsNotLoaded(rule: string): Indeterminate {
  return indeterminate(rule, new InternalError(`claims were not settled before the rule "${rule}" was decided`));
}

/** How far claims are known, in a word for logs: `stale` when old ones are given because their source fails. */
export function describeClaims(claims: ClaimsResult<unknown>): ClaimsResult<unknown>['state'] | 'stale' {
  return claims.state === 'found' && claims.stale ? 'stale' : claims.state;
}

/** The claims for a resolver: undefined without a business record. Throws when the field's rule did not ask for them. */
export function getClaims<C>(claims: ClaimsResult<C>): C | undefined {
  switch (claims.state) {
    case 'found':
      return claims.claims;
    case 'absent':
      return undefined;
    case 'unavailable':
      throw claims.error;
    case 'not-loaded':
      throw new InternalError("a resolver reads claims, but its field's rule does not; add needsClaims to the rule");
    default:
      return claims satisfies never;
  }
}
