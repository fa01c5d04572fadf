import { inspect } from 'node:util';
import { type AppError, ConfigurationError, ForbiddenError, InsufficientUserAuthenticationError } from '../errors.ts';
import { allowed, denied, missingToken } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import type { Principal } from '../token/principal.ts';
import { createRule, type DataOf, type FieldRule } from './rule.ts';

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
  return createRule(toName(maxAgeSeconds), { kind: 'recentSignIn', maxAgeSeconds });
}

export function recentSignInDefinition({ maxAgeSeconds }: DataOf<'recentSignIn'>): RuleDefinition {
  const name = toName(maxAgeSeconds);
  return {
    name,
    description: `The person signed in no longer than ${maxAgeSeconds} seconds ago.`,
    reads: 'facts',
    readsClaims: false,
    decide({ principal, nowSeconds }) {
      if (principal.kind === 'anonymous') return missingToken(name);
      const refusal = refuseOldSignIn(principal, { maxAgeSeconds, nowSeconds });
      return refusal ? denied(name, refusal) : allowed;
    },
  };
}

/** The error for who signed in longer ago, or never; undefined for who may go on. For checks that only a resolver can make. */
export function refuseOldSignIn(
  principal: Principal,
  { maxAgeSeconds, nowSeconds }: { readonly maxAgeSeconds: number; readonly nowSeconds: number },
): AppError | undefined {
  if (principal.kind !== 'user') return new ForbiddenError(toName(maxAgeSeconds));
  const age = nowSeconds - principal.authTime;
  return age <= maxAgeSeconds ? undefined : new InsufficientUserAuthenticationError(maxAgeSeconds);
}

function toName(maxAgeSeconds: number): string {
  return `signed in within ${maxAgeSeconds} s`;
}
