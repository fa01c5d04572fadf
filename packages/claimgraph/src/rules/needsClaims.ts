import { allowed, indeterminate, missingToken } from '../logic/decision.ts';
import { claimsNotLoaded } from '../logic/decisionInput.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { createRule, type DataOf, type FieldRule } from './rule.ts';

/**
 * Denies no caller, but has the claims loaded before the field is resolved: for fields whose resolver turns the claims
 * into a row filter or shows them. When the claims cannot be read, the field is CLAIMS_UNAVAILABLE and not resolved.
 */
export function needsClaims(sentence: string): FieldRule {
  return createRule(sentence, { kind: 'needsClaims', sentence });
}

export function needsClaimsDefinition({ sentence }: DataOf<'needsClaims'>): RuleDefinition {
  return {
    name: sentence,
    description: `Once their business record is known, the caller ${sentence}.`,
    authored: true,
    reads: 'facts',
    readsClaims: true,
    decide({ principal, claims }) {
      if (principal.kind === 'anonymous') return missingToken(sentence);
      switch (claims.state) {
        case 'not-loaded':
          return claimsNotLoaded(sentence);
        case 'unavailable':
          return indeterminate(sentence, claims.error);
        default:
          return allowed;
      }
    },
  };
}
