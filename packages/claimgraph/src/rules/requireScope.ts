import { inspect } from 'node:util';
import { ConfigurationError, InsufficientScopeError } from '../errors.ts';
import { allowed, denied, missingToken } from '../logic/decision.ts';
import { defineRule, type FieldRule } from './defineRule.ts';

/**
 * The token must carry every one of these scopes, compared character by character. Throws ConfigurationError for what
 * cannot be a scope, and for none at all, which would let every token pass.
 */
export function requireScope(...scopes: readonly [string, ...string[]]): FieldRule {
  checkScopes('requireScope', scopes);
  const name = `has scope ${scopes.join(' ')}`;
  const lacksScope = denied(name, new InsufficientScopeError(scopes));
  return defineRule({
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
  return defineRule({
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

// RFC 6749 section 3.3, scope-token.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function checkScopes(rule: string, scopes: readonly string[]): void {
  if (scopes.length < 1 || !scopes.every((scope) => typeof scope === 'string' && scopeToken.test(scope))) {
    const got = scopes.map((scope) => inspect(scope)).join(', ') || 'none';
    throw new ConfigurationError(`${rule}: expected one or more scopes, each without spaces; got ${got}`);
  }
}
