import { inspect } from 'node:util';
import { ConfigurationError, ForbiddenError, InsufficientUserAuthenticationError } from '../../errors.ts';
import { allowed, denied } from '../decision.ts';
import { defineRule, type FieldRule, missingToken } from './ruleDefinition.ts';

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
  return defineRule({
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
