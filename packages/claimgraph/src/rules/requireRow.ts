import { ForbiddenError } from '../errors.ts';
import { allowed, denied, missingToken } from '../logic/decision.ts';
import { type Caller, decideWithClaims, defineRule, type FieldRule } from './defineRule.ts';

/** The parent object, held against the caller's business claims, must satisfy the predicate. Decided row by row. */
export function requireRow<Row, C>(
  sentence: string,
  predicate: (row: Row, claims: C, caller: Caller) => boolean,
): FieldRule<Row> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return defineRule({
    name: sentence,
    description: `On this row the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims: true,
    needs: 'claims',
    decide: (facts, parent) =>
      decideWithClaims<C>(no, facts, (claims, caller) => predicate(parent as Row, claims, caller)),
  });
}

/** The parent object, held against the token alone, must satisfy the predicate. Needs no business record. */
export function requireRowByToken<Row>(
  sentence: string,
  predicate: (row: Row, caller: Caller) => boolean,
): FieldRule<Row> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return defineRule({
    name: sentence,
    description: `On this row the caller ${sentence}.`,
    authored: true,
    reads: 'row',
    readsClaims: false,
    needs: 'token',
    decide({ principal }, row) {
      if (principal.kind === 'anonymous') return missingToken(sentence);
      return predicate(row as Row, principal) === true ? allowed : no;
    },
  });
}
