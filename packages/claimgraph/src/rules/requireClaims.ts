import { ForbiddenError } from '../errors.ts';
import { denied } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { decideWithClaims } from './decideWithClaims.ts';
import { type Caller, createRule, type DataOf, type FieldRule } from './rule.ts';

/** The caller's business claims must satisfy the predicate. Without a business record: FORBIDDEN, and it is not asked. */
export function requireClaims<C>(sentence: string, predicate: (claims: C, caller: Caller) => boolean): FieldRule {
  return createRule(sentence, { kind: 'claims', sentence, predicate });
}

export function claimsDefinition({ sentence, predicate }: DataOf<'claims'>): RuleDefinition {
  const no = denied(sentence, new ForbiddenError(sentence));
  return {
    name: sentence,
    description: `By their business record the caller ${sentence}.`,
    authored: true,
    reads: 'facts',
    readsClaims: true,
    decide: (facts) => decideWithClaims(no, facts, predicate),
  };
}
