import { ForbiddenError } from '../errors.ts';
import { allowed, denied } from '../logic/decision.ts';
import { type Caller, decideWithClaims, defineRule, type FieldRule } from './defineRule.ts';

/** The field's arguments must satisfy the predicate. */
export function requireArguments<Args>(sentence: string, predicate: (args: Args) => boolean): FieldRule<unknown, Args> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return defineRule({
    name: sentence,
    description: `The caller ${sentence}.`,
    authored: true,
    reads: 'arguments',
    readsClaims: false,
    decide: (_facts, _parent, args) => (predicate(args as Args) === true ? allowed : no),
  });
}

/** The field's arguments, held against the caller's business claims, must satisfy the predicate. */
export function requireArgumentsByClaims<Args, C>(
  sentence: string,
  predicate: (args: Args, claims: C, caller: Caller) => boolean,
): FieldRule<unknown, Args> {
  const no = denied(sentence, new ForbiddenError(sentence));
  return defineRule({
    name: sentence,
    description: `The arguments are such that the caller ${sentence}.`,
    authored: true,
    reads: 'arguments',
    readsClaims: true,
    needs: 'claims',
    decide: (facts, _parent, args) =>
      decideWithClaims<C>(no, facts, (claims, caller) => predicate(args as Args, claims, caller)),
  });
}
