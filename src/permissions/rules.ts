import { inspect } from 'node:util';
import { ConfigurationError, ForbiddenError, InsufficientScopeError, UnauthenticatedError } from '../errors.ts';
import type { MachinePrincipal, UserPrincipal } from '../token/principal.ts';
import { allowed, type Decision, denied, failed } from './decision.ts';
import { type Facts, unsettledClaims } from './facts.ts';
import { and, or, type ShieldRule, rule as shieldRule } from './shield.ts';

/** A principal that sent a token. */
export type Caller = UserPrincipal | MachinePrincipal;

/**
 * A graphql-shield rule that fits fields of type `Parent` with the arguments `Args`: a rule written for another parent
 * does not compile there.
 */
export type FieldRule<Parent = unknown, Args = unknown> = ShieldRule & {
  readonly __fits?: (parent: Parent, args: Args) => void;
};

/** What the compiler knows of a rule of the vocabulary. */
export interface RuleDefinition {
  /** One sentence; what logs and explanations call the rule. */
  readonly name: string;
  /**
   * What it reads: nothing at all (such a rule allows everybody), the facts of the operation, or besides them the field's
   * arguments or the parent object. A rule on the row that also reads claims leaves the row alone when there are none.
   */
  readonly reads: 'nothing' | 'facts' | 'arguments' | 'row';
  readonly readsClaims: boolean;
  decide(facts: Facts, parent: unknown, args: unknown): Decision;
}

/** How a field looks to those whom `rule` denies. */
export interface Mask {
  readonly rule: ShieldRule;
  mask(value: unknown): unknown;
}

const definitions = new WeakMap<ShieldRule, RuleDefinition>();
const masks = new WeakMap<ShieldRule, Mask>();

/** The definition behind a rule of the vocabulary; undefined for any other shield rule. */
export function definitionOf(rule: ShieldRule): RuleDefinition | undefined {
  return definitions.get(rule);
}

/** The mask behind a rule made by `masked`; undefined for any other rule. */
export function maskOf(rule: ShieldRule): Mask | undefined {
  return masks.get(rule);
}

/** Everybody may read the field, with or without a token. The reason is for whoever audits the map. */
export function publicField(reason: string): FieldRule {
  return define({ name: `public: ${reason}`, reads: 'nothing', readsClaims: false, decide: () => allowed });
}

/** Any caller with an access token, whoever they are and whatever it carries. */
export function requireToken(): FieldRule {
  const name = 'sent an access token';
  return define({
    name,
    reads: 'facts',
    readsClaims: false,
    decide: ({ principal }) => (principal.kind === 'anonymous' ? missingToken(name) : allowed),
  });
}

// RFC 6749 section 3.3, scope-token.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The token must carry every one of these scopes, compared character by character. Throws ConfigurationError for what
 * cannot be a scope, and for none at all, which would let every token pass.
 */
export function requireScope(...scopes: readonly [string, ...string[]]): FieldRule {
  if (scopes.length < 1 || !scopes.every((scope) => typeof scope === 'string' && scopeToken.test(scope))) {
    const got = scopes.map((scope) => inspect(scope)).join(', ') || 'none';
    throw new ConfigurationError(`requireScope: expected one or more scopes, each without spaces; got ${got}`);
  }
  const name = `has scope ${scopes.join(' ')}`;
  const lacksScope = denied(name, new InsufficientScopeError(scopes));
  return define({
    name,
    reads: 'facts',
    readsClaims: false,
    decide({ principal }) {
      if (principal.kind === 'anonymous') return missingToken(name);
      return scopes.every((scope) => principal.scopes.has(scope)) ? allowed : lacksScope;
    },
  });
}

/** The caller's business claims must satisfy the predicate. Without a business record: FORBIDDEN, and it is not asked. */
export function requireClaims<C>(sentence: string, predicate: (claims: C, caller: Caller) => boolean): FieldRule {
  return define({
    name: sentence,
    reads: 'facts',
    readsClaims: true,
    decide: (facts) => decideWithClaims<C>(sentence, facts, predicate),
  });
}

/**
 * Denies no caller, but has the claims settled before the field is resolved: for fields whose resolver turns the claims
 * into a row filter or shows them. When the claims cannot be read, the field is CLAIMS_UNAVAILABLE and not resolved.
 */
export function filterByClaims(sentence: string): FieldRule {
  return define({
    name: sentence,
    reads: 'facts',
    readsClaims: true,
    decide({ principal, claims }) {
      if (principal.kind === 'anonymous') return missingToken(sentence);
      switch (claims.state) {
        case 'unsettled':
          return unsettledClaims(sentence);
        case 'unavailable':
          return failed(sentence, claims.error);
        default:
          return allowed;
      }
    },
  });
}

/** The field's arguments must satisfy the predicate. */
export function requireArguments<Args>(sentence: string, predicate: (args: Args) => boolean): FieldRule<unknown, Args> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return define({
    name: sentence,
    reads: 'arguments',
    readsClaims: false,
    decide: (_facts, _parent, args) => (predicate(args as Args) === true ? allowed : no),
  });
}

/** The parent object, held against the caller's business claims, must satisfy the predicate. Decided row by row. */
export function requireRow<Row, C>(
  sentence: string,
  predicate: (row: Row, claims: C, caller: Caller) => boolean,
): FieldRule<Row> {
  return define({
    name: sentence,
    reads: 'row',
    readsClaims: true,
    decide: (facts, parent) =>
      decideWithClaims<C>(sentence, facts, (claims, caller) => predicate(parent as Row, claims, caller)),
  });
}

/** Every rule must allow; the first that denies names the error. Put what costs least first. */
export function allOf<Parent, Args>(...rules: readonly FieldRule<Parent, Args>[]): FieldRule<Parent, Args> {
  return and(...rules);
}

/** One rule must allow. When all deny, the client reads the denial it can do most about. */
export function anyOf<Parent, Args>(...rules: readonly FieldRule<Parent, Args>[]): FieldRule<Parent, Args> {
  return or(...rules);
}

/**
 * Those whom the rule allows read the field as it is, all others the masked value (null stays null). Who may read the
 * field at all is said by the rules beside it: `allOf(canRead, masked(isAdmin, hideDigits))`.
 */
export function masked<Parent, Args, Value>(
  rule: FieldRule<Parent, Args>,
  mask: (value: Value) => Value,
): FieldRule<Parent, Args> {
  // Under graphql-shield's own runtime, which knows no masks, this stays what it masks for: the rule alone.
  const shield = and(rule);
  masks.set(shield, { rule, mask: (value) => mask(value as Value) });
  return shield;
}

function define(definition: RuleDefinition): ShieldRule {
  const rule = shieldRule(definition.name)((parent, args, context: { readonly facts: Facts }) => {
    const decision = definition.decide(context.facts, parent, args);
    return decision.outcome === 'allowed' ? true : decision.error;
  });
  definitions.set(rule, definition);
  return rule;
}

function decideWithClaims<C>(
  name: string,
  { principal, claims }: Facts,
  predicate: (claims: C, caller: Caller) => boolean,
): Decision {
  if (principal.kind === 'anonymous') return missingToken(name);
  switch (claims.state) {
    case 'unsettled':
      return unsettledClaims(name);
    case 'unavailable':
      return failed(name, claims.error);
    case 'absent':
      return denied(name, new ForbiddenError(name));
    case 'found':
      // The claims source and the rules are written by one team against one type; the engine carries it unread.
      return predicate(claims.claims as C, principal) === true ? allowed : denied(name, new ForbiddenError(name));
    default:
      return claims satisfies never;
  }
}

function missingToken(name: string): Decision {
  return denied(name, new UnauthenticatedError('missing', 'no access token was sent'));
}
