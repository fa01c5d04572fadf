import { allowed, missingToken } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { createRule, type FieldRule } from './rule.ts';

const name = 'sent an access token';

/** Any caller with an access token, whoever they are and whatever it carries. */
export function requireToken(): FieldRule {
  return createRule(name, { kind: 'token' });
}

export const tokenDefinition: RuleDefinition = {
  name,
  description: 'The caller sent an access token.',
  reads: 'facts',
  readsClaims: false,
  decide: ({ principal }) => (principal.kind === 'anonymous' ? missingToken(name) : allowed),
};
