import { inspect } from 'node:util';
import { ConfigurationError, InsufficientScopeError } from '../errors.ts';
import { allowed, denied, missingToken } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { createRule, type DataOf, type FieldRule } from './rule.ts';

/**
 * The token must carry every one of these scopes, compared character by character. Throws ConfigurationError for what
 * cannot be a scope, and for none at all, which would let every token pass.
 */
export function requireScope(...scopes: readonly [string, ...string[]]): FieldRule {
  return createScopeRule('requireScope', 'all', scopes);
}

/** The token must carry one of these scopes. The client is told of the first, which suffices. */
export function requireAnyScope(...scopes: readonly [string, ...string[]]): FieldRule {
  return createScopeRule('requireAnyScope', 'one', scopes);
}

export function scopesDefinition({ needs, scopes }: DataOf<'scopes'>): RuleDefinition {
  const name = toName(needs, scopes);
  const lacksScope = denied(name, new InsufficientScopeError(needs === 'all' ? scopes : scopes.slice(0, 1)));
  return {
    name,
    description: `The access token has ${describeNeeds(needs, scopes)} ${scopes.join(' ')}.`,
    reads: 'facts',
    readsClaims: false,
    scopes,
    decide({ principal }) {
      if (principal.kind === 'anonymous') return missingToken(name);
      const has = (scope: string) => principal.scopes.has(scope);
      return (needs === 'all' ? scopes.every(has) : scopes.some(has)) ? allowed : lacksScope;
    },
  };
}

type Needs = DataOf<'scopes'>['needs'];

function createScopeRule(asked: string, needs: Needs, scopes: readonly string[]): FieldRule {
  checkScopes(asked, scopes);
  return createRule(toName(needs, scopes), { kind: 'scopes', needs, scopes });
}

function toName(needs: Needs, scopes: readonly string[]): string {
  return `has ${needs === 'all' ? 'scope' : 'one of the scopes'} ${scopes.join(' ')}`;
}

function describeNeeds(needs: Needs, { length }: readonly string[]): string {
  if (needs === 'one') return 'at least one of the scopes';
  return length === 1 ? 'the scope' : 'all of the scopes';
}

// RFC 6749 section 3.3, scope-token.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function checkScopes(rule: string, scopes: readonly string[]): void {
  if (scopes.length < 1 || !scopes.every((scope) => typeof scope === 'string' && scopeToken.test(scope))) {
    const got = scopes.map((scope) => inspect(scope)).join(', ') || 'none';
    throw new ConfigurationError(`${rule}: expected one or more scopes, each without spaces; got ${got}`);
  }
}
