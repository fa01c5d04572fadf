import { type Decision, type Denied, indeterminate, missingToken } from '../logic/decision.ts';
import { claimsNotLoaded, type DecisionInput } from '../logic/decisionInput.ts';
import { judgeAnswer } from './judgeAnswer.ts';
import type { Caller } from './rule.ts';

/**
 * Asks a predicate about the caller's claims. Without a token UNAUTHENTICATED, without a business record `no`; where the
 * claims cannot be read, neither an allow nor a denial.
 */
export function decideWithClaims(
  no: Denied,
  { principal, claims }: DecisionInput,
  predicate: (claims: unknown, caller: Caller) => boolean,
): Decision {
  if (principal.kind === 'anonymous') return missingToken(no.rule);
  switch (claims.state) {
    case 'not-loaded':
      return claimsNotLoaded(no.rule);
    case 'unavailable':
      return indeterminate(no.rule, claims.error);
    case 'absent':
      return no;
    case 'found':
      // The claims source and the rules are written by one team against one type; the engine carries it unread.
      return judgeAnswer(no, predicate(claims.claims, principal));
    default:
      return claims satisfies never;
  }
}
