import { ForbiddenError } from '../errors.ts';
import { denied, missingToken } from '../logic/decision.ts';
import type { RuleDefinition } from '../logic/ruleDefinition.ts';
import { decideWithClaims } from './decideWithClaims.ts';
import { judgeAnswer } from './judgeAnswer.ts';
import { type Caller, createRule, type DataOf, type FieldRule } from './rule.ts';

/** The parent object, held against the caller's business claims, must satisfy the predicate. Decided row by row. */
export function requireRow<Row, C>(
  sentence: string,
  predicate: (row: Row, claims: C, caller: Caller) => boolean,
): FieldRule<Row> {
  return createRule(sentence, { kind: 'row', sentence, predicate });
}

export function rowDefinition({ sentence, predicate }: DataOf<'row'>): RuleDefinition {
  const no = denied(sentence, new ForbiddenError(sentence));
  return {
    name: sentence,
    description: `On this row the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims: true,
    needs: 'claims',
    decide: (facts, row) => decideWithClaims(no, facts, (claims, caller) => predicate(row, claims, caller)),
  };
}

/** The parent object, held against the token alone, must satisfy the predicate. Needs no business record. */
export function requireRowByToken<Row>(
  sentence: string,
  predicate: (row: Row, caller: Caller) => boolean,
): FieldRule<Row> {
  return createRule(sentence, { kind: 'rowByToken', sentence, predicate });
}

export function rowByTokenDefinition({ sentence, predicate }: DataOf<'rowByToken'>): RuleDefinition {
  const no = denied(sentence, new ForbiddenError(sentence));
  return {
    name: sentence,
    description: `On this row the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims: false,
    needs: 'token',
    decide({ principal }, row) {
      if (principal.kind === 'anonymous') return missingToken(sentence);
      return judgeAnswer(no, predicate(row, principal));
    },
  };
}
