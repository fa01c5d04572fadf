import fc from 'fast-check';
import { ClaimsUnavailableError, ForbiddenError, UnauthenticatedError } from '../../src/errors.ts';
import { allowed, type Decision, denied, indeterminate } from '../../src/logic/decision.ts';
import type { DecisionInput } from '../../src/logic/decisionInput.ts';
import type { Expression } from '../../src/logic/expression.ts';

/** What a rule of a random tree reads, from the cheapest on. */
export type Reads = 'token' | 'claims' | 'arguments' | 'row';

export type Outcome = Decision['outcome'];

/** A rule tree as plain data: printable, and simple enough to be decided by hand. */
export type Tree =
  | { readonly reads: Reads; readonly says: Outcome }
  | { readonly all: readonly Tree[] }
  | { readonly any: readonly Tree[] }
  | { readonly not: Tree };

/** What is true of the caller of a random operation. */
export interface World {
  readonly isAnonymous: boolean;
  readonly storeIsDown: boolean;
}

const leaf = fc.record({
  reads: fc.constantFrom<Reads>('token', 'claims', 'arguments', 'row'),
  says: fc.constantFrom<Outcome>('allowed', 'denied', 'indeterminate'),
});

/** Trees of at most four levels; `maxLength` children each. */
export const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => {
  const children = fc.array(tie('tree'), { minLength: 1, maxLength: 4 });
  return {
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc.record({ all: children }),
      fc.record({ any: children }),
      fc.record({ not: tie('tree') }),
    ),
  };
}).tree;

const otherwise = denied('not', new ForbiddenError('not'));

/** The same tree for the engine. `onAsked` is told of each rule that is asked. */
export function toExpression(tree: Tree, onAsked: (reads: Reads) => void = () => {}): Expression {
  if ('all' in tree) return { kind: 'all', of: tree.all.map((part) => toExpression(part, onAsked)) };
  if ('any' in tree) return { kind: 'any', of: tree.any.map((part) => toExpression(part, onAsked)) };
  if ('not' in tree) return { kind: 'not', of: toExpression(tree.not, onAsked), name: 'not', otherwise };
  const { reads, says } = tree;
  return {
    kind: 'rule',
    rule: {
      name: `${reads} says ${says}`,
      description: `What it reads (${reads}) says ${says}.`,
      reads: reads === 'arguments' || reads === 'row' ? reads : 'facts',
      readsClaims: reads === 'claims' || reads === 'row',
      decide(facts) {
        onAsked(reads);
        return answer(reads, says, facts);
      },
    },
  };
}

/** What a rule of the vocabulary would answer: the caller comes before the claims, and both before the predicate. */
function answer(reads: Reads, says: Outcome, { principal, claims }: DecisionInput): Decision {
  if (reads !== 'arguments' && principal.kind === 'anonymous') {
    return denied(reads, new UnauthenticatedError('missing', 'no access token was sent'));
  }
  if ((reads === 'claims' || reads === 'row') && claims.state !== 'found') {
    return indeterminate(reads, new ClaimsUnavailableError(`claims are ${claims.state}`));
  }
  if (says === 'indeterminate') throw new Error('this rule cannot decide');
  return says === 'allowed' ? allowed : denied(reads, new ForbiddenError(reads));
}

/** Strong Kleene logic, as plainly as it can be written: everything is asked, and nothing is known before. */
export function oracle(tree: Tree, world: World): Outcome {
  if ('all' in tree) {
    const outcomes = tree.all.map((part) => oracle(part, world));
    if (outcomes.includes('denied')) return 'denied';
    return outcomes.includes('indeterminate') ? 'indeterminate' : 'allowed';
  }
  if ('any' in tree) {
    const outcomes = tree.any.map((part) => oracle(part, world));
    if (outcomes.includes('allowed')) return 'allowed';
    return outcomes.includes('indeterminate') ? 'indeterminate' : 'denied';
  }
  if ('not' in tree) {
    const outcome = oracle(tree.not, world);
    if (outcome === 'indeterminate') return 'indeterminate';
    return outcome === 'allowed' || world.isAnonymous ? 'denied' : 'allowed';
  }
  const { reads, says } = tree;
  if (world.isAnonymous && reads !== 'arguments') return 'denied';
  if (world.storeIsDown && (reads === 'claims' || reads === 'row')) return 'indeterminate';
  return says;
}
