import { allowed, type Decision, type Denied, indeterminate, missingToken } from '../logic/decision.ts';
import { claimsNotLoaded, type DecisionInput } from '../logic/decisionInput.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import type { MachinePrincipal, UserPrincipal } from '../token/principal.ts';
import { type ShieldRule, rule as shieldRule } from './shield.ts';

/** A principal that sent a token. */
export type Caller = UserPrincipal | MachinePrincipal;

/**
 * A graphql-shield rule that fits fields of type `Parent` with the arguments `Args`: a rule written for another parent
 * does not compile there.
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

const definitions = new WeakMap<ShieldRule, RuleDefinition>();

/** The definition behind a rule of the vocabulary; undefined for any other shield rule. */
export function definitionOf(rule: ShieldRule): RuleDefinition | undefined {
  return definitions.get(rule);
}

export function defineRule(definition: RuleDefinition): ShieldRule {
  const rule = shieldRule(definition.name)((parent, args, context: { readonly facts: DecisionInput }) => {
    const decision = definition.decide(context.facts, parent, args);
    return decision.outcome === 'allowed' ? true : decision.error;
  });
  definitions.set(rule, definition);
  return brandRule(rule);
}

/** The same in every copy of this module that the process may load. */
const ours = Symbol.for('claimgraph.rule');

export function brandRule(rule: ShieldRule): ShieldRule {
  return Object.defineProperty(rule, ours, { value: true });
}

/** Whether some copy of the vocabulary made the rule; one that this copy does not know came from another. */
export function isClaimgraphRule(rule: unknown): boolean {
  return typeof rule === 'object' && rule !== null && ours in rule;
}

export function decideWithClaims<C>(
  no: Denied,
  { principal, claims }: DecisionInput,
  predicate: (claims: C, caller: Caller) => boolean,
): Decision {
  if (principal.kind === 'anonymous') return missingToken(no.rule);
  switch (claims.state) {
    case 'not-loaded':
      return claimsNotLoaded(no.rule);
    case 'unavailable':
      return indeterminate(no.rule, claims.error);
    case 'absent':
      return no;
    case 'found':
      // The claims source and the rules are written by one team against one type; the engine carries it unread.
      return predicate(claims.claims as C, principal) === true ? allowed : no;
    default:
      return claims satisfies never;
  }
}
