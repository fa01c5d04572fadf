import { allowed, missingToken } from '../logic/decision.ts';
import { defineRule, type FieldRule } from './defineRule.ts';

/** Any caller with an access token, whoever they are and whatever it carries. */
export function requireToken(): FieldRule {
  const name = 'sent an access token';
  return defineRule({
    name,
    description: 'The caller sent an access token.',
    reads: 'facts',
    readsClaims: false,
    decide: ({ principal }) => (principal.kind === 'anonymous' ? missingToken(name) : allowed),
  });
}
