import { inspect } from 'node:util';
import {
  ConfigurationError,
  ForbiddenError,
  InsufficientScopeError,
  InsufficientUserAuthenticationError,
  UnauthenticatedError,
} from '../errors.ts';
import type { MachinePrincipal, UserPrincipal } from '../token/principal.ts';
import { allowed, type Decision, type Denied, denied, failed } from './decision.ts';
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

/** The rules of a type's fields: one for each, or a default `'*'` for those that are not named. */
export type TypeRules<Parent, Fields> = Fields | (Partial<Fields> & { readonly '*': FieldRule<Parent> });

/** What the compiler knows of a rule of the vocabulary. */
export interface RuleDefinition {
  /** Stable: what logs, matrices and explanations call the rule. Two different authored rules never share one. */
  readonly name: string;
  /** One sentence about who is allowed. */
  readonly description: string;
  /** Whether name and meaning are the schema author's own, rather than made from what the rule asks for. */
  readonly authored?: boolean;
  /**
   * What it reads: nothing at all (such a rule allows everybody), the facts of the operation, or besides them the field's
   * arguments or the parent object. A rule on the row that also reads claims leaves the row alone when there are none.
   */
  readonly reads: 'nothing' | 'facts' | 'arguments' | 'row';
  readonly readsClaims: boolean;
  decide(facts: Facts, parent: unknown, args: unknown): Decision;
}

const definitions = new WeakMap<ShieldRule, RuleDefinition>();

/** The definition behind a rule of the vocabulary; undefined for any other shield rule. */
export function definitionOf(rule: ShieldRule): RuleDefinition | undefined {
  return definitions.get(rule);
}

/** Everybody may read the field, with or without a token. The reason is for whoever audits the map. */
export function publicField(reason: string): FieldRule {
  return define({
    name: `public: ${reason}`,
    description: `Everybody may read it: ${reason}.`,
    reads: 'nothing',
    readsClaims: false,
    decide: () => allowed,
  });
}

/** Any caller with an access token, whoever they are and whatever it carries. */
export function requireToken(): FieldRule {
  const name = 'sent an access token';
  return define({
    name,
    description: 'The caller sent an access token.',
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
  checkScopes('requireScope', scopes);
  const name = `has scope ${scopes.join(' ')}`;
  const lacksScope = denied(name, new InsufficientScopeError(scopes));
  return define({
    name,
    description: `The access token has ${scopes.length === 1 ? 'the scope' : 'all of the scopes'} ${scopes.join(' ')}.`,
    reads: 'facts',
    readsClaims: false,
    decide({ principal }) {
      if (principal.kind === 'anonymous') return missingToken(name);
      return scopes.every((scope) => principal.scopes.has(scope)) ? allowed : lacksScope;
    },
  });
}

/** The token must carry one of these scopes. The client is told of the first, which suffices. */
export function requireAnyScope(...scopes: readonly [string, ...string[]]): FieldRule {
  checkScopes('requireAnyScope', scopes);
  const name = `has one of the scopes ${scopes.join(' ')}`;
  const lacksScope = denied(name, new InsufficientScopeError(scopes.slice(0, 1)));
  return define({
    name,
    description: `The access token has at least one of the scopes ${scopes.join(' ')}.`,
    reads: 'facts',
    readsClaims: false,
    decide({ principal }) {
      if (principal.kind === 'anonymous') return missingToken(name);
      return scopes.some((scope) => principal.scopes.has(scope)) ? allowed : lacksScope;
    },
  });
}

function checkScopes(rule: string, scopes: readonly string[]): void {
  if (scopes.length < 1 || !scopes.every((scope) => typeof scope === 'string' && scopeToken.test(scope))) {
    const got = scopes.map((scope) => inspect(scope)).join(', ') || 'none';
    throw new ConfigurationError(`${rule}: expected one or more scopes, each without spaces; got ${got}`);
  }
}

/** The caller's business claims must satisfy the predicate. Without a business record: FORBIDDEN, and it is not asked. */
export function requireClaims<C>(sentence: string, predicate: (claims: C, caller: Caller) => boolean): FieldRule {
  const no = denied(sentence, new ForbiddenError(sentence));
  return define({
    name: sentence,
    description: `By their business record the caller ${sentence}.`,
    authored: true,
    reads: 'facts',
    readsClaims: true,
    decide: (facts) => decideWithClaims<C>(no, facts, predicate),
  });
}

/**
 * Denies no caller, but has the claims settled before the field is resolved: for fields whose resolver turns the claims
 * into a row filter or shows them. When the claims cannot be read, the field is CLAIMS_UNAVAILABLE and not resolved.
 */
export function filterByClaims(sentence: string): FieldRule {
  return define({
    name: sentence,
    description: `Once their business record is known, the caller ${sentence}.`,
    authored: true,
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
    description: `The caller ${sentence}.`,
    authored: true,
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
  const no = denied(sentence, new ForbiddenError(sentence));
  return define({
    name: sentence,
    description: `On this row the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims: true,
    decide: (facts, parent) =>
      decideWithClaims<C>(no, facts, (claims, caller) => predicate(parent as Row, claims, caller)),
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
 * The sign-in must be no older than this (RFC 9470 section 3): `auth_time` of the token against the start of the operation.
 * A machine client never signs in: FORBIDDEN.
 */
export function requireRecentSignIn(maxAgeSeconds: number): FieldRule {
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1) {
    throw new ConfigurationError(
      `requireRecentSignIn: expected whole seconds, at least 1; got ${inspect(maxAgeSeconds)}`,
    );
  }
  const name = `signed in within ${maxAgeSeconds} s`;
  return define({
    name,
    description: `The person signed in no longer than ${maxAgeSeconds} seconds ago.`,
    reads: 'facts',
    readsClaims: false,
    decide({ principal, nowSeconds }) {
      if (principal.kind === 'anonymous') return missingToken(name);
      if (principal.kind === 'machine') return denied(name, new ForbiddenError(name));
      const age = nowSeconds - principal.authTime;
      return age <= maxAgeSeconds ? allowed : denied(name, new InsufficientUserAuthenticationError(maxAgeSeconds));
    },
  });
}

/** The field's arguments, held against the caller's business claims, must satisfy the predicate. */
export function requireArgumentsByClaims<Args, C>(
  sentence: string,
  predicate: (args: Args, claims: C, caller: Caller) => boolean,
): FieldRule<unknown, Args> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return define({
    name: sentence,
    description: `The arguments are such that the caller ${sentence}.`,
    authored: true,
    reads: 'arguments',
    readsClaims: true,
    decide: (facts, _parent, args) =>
      decideWithClaims<C>(no, facts, (claims, caller) => predicate(args as Args, claims, caller)),
  });
}

/** The parent object, held against the token alone, must satisfy the predicate. Needs no business record. */
export function requireRowByCaller<Row>(
  sentence: string,
  predicate: (row: Row, caller: Caller) => boolean,
): FieldRule<Row> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return define({
    name: sentence,
    description: `On this row the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims: false,
    decide({ principal }, row) {
      if (principal.kind === 'anonymous') return missingToken(sentence);
      return predicate(row as Row, principal) === true ? allowed : no;
    },
  });
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
  no: Denied,
  { principal, claims }: Facts,
  predicate: (claims: C, caller: Caller) => boolean,
): Decision {
  if (principal.kind === 'anonymous') return missingToken(no.rule);
  switch (claims.state) {
    case 'unsettled':
      return unsettledClaims(no.rule);
    case 'unavailable':
      return failed(no.rule, claims.error);
    case 'absent':
      return no;
    case 'found':
      // The claims source and the rules are written by one team against one type; the engine carries it unread.
      return predicate(claims.claims as C, principal) === true ? allowed : no;
    default:
      return claims satisfies never;
  }
}

function missingToken(name: string): Decision {
  return denied(name, new UnauthenticatedError('missing', 'no access token was sent'));
}
