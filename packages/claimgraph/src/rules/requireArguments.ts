import { ForbiddenError } from '../errors.ts';
import { denied } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { decideWithClaims } from './decideWithClaims.ts';
import { judgeAnswer } from './judgeAnswer.ts';
import { type Caller, createRule, type DataOf, type FieldRule } from './rule.ts';

/** The field's arguments must satisfy the predicate. */
export function requireArguments<Args>(sentence: string, predicate: (args: Args) => boolean): FieldRule<unknown, Args> {
  return createRule(sentence, { kind: 'arguments', sentence, predicate });
}

export function argumentsDefinition({ sentence, predicate }: DataOf<'arguments'>): RuleDefinition {
  const no = denied(sentence, new ForbiddenError(sentence));
  return {
    name: sentence,
    description: `The caller ${sentence}.`,
    authored: true,
    reads: 'arguments',
    readsClaims: false,
    decide: (_facts, _parent, args) => judgeAnswer(no, predicate(args)),
  };
}

/** The field's arguments, held against the caller's business claims, must satisfy the predicate. */
export function requireArgumentsByClaims<Args, C>(
  sentence: string,
  predicate: (args: Args, claims: C, caller: Caller) => boolean,
): FieldRule<unknown, Args> {
  return createRule(sentence, { kind: 'argumentsByClaims', sentence, predicate });
}

export function argumentsByClaimsDefinition({ sentence, predicate }: DataOf<'argumentsByClaims'>): RuleDefinition {
  const no = denied(sentence, new ForbiddenError(sentence));
  return {
    name: sentence,
    description: `The arguments are such that the caller ${sentence}.`,
    authored: true,
    reads: 'arguments',
    readsClaims: true,
    needs: 'claims',
    decide: (facts, _parent, args) => decideWithClaims(no, facts, (claims, caller) => predicate(args, claims, caller)),
  };
}
