import { ForbiddenError } from '../errors.ts';
import { denied } from '../logic/decision.ts';
import { type Caller, decideWithClaims, defineRule, type FieldRule } from './defineRule.ts';

/** The caller's business claims must satisfy the predicate. Without a business record: FORBIDDEN, and it is not asked. */
export function requireClaims<C>(sentence: string, predicate: (claims: C, caller: Caller) => boolean): FieldRule {
  const no = denied(sentence, new ForbiddenError(sentence));
  return defineRule({
    name: sentence,
    description: `By their business record the caller ${sentence}.`,
    authored: true,
    reads: 'facts',
    readsClaims: true,
    decide: (facts) => decideWithClaims<C>(no, facts, predicate),
  });
}
