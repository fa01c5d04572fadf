import { InternalError } from '../errors.ts';
import { allowed, type Decision, type Denied, indeterminate } from '../logic/decision.ts';
import { ignoreOutcome, isThenable } from '../logic/maybePromise.ts';

/**
 * What a predicate's answer decides: `true` allows, and anything else is `no`. A promise is neither: nobody waits for it, so
 * that it would deny whatever it comes to. That is an internal error, which the log tells with the name of the rule.
 */
export function judgeAnswer(no: Denied, answer: unknown): Decision {
  if (answer === true) return allowed;
  if (!isThenable(answer)) return no;
  ignoreOutcome(answer);
  return indeterminate(
    no.rule,
    new InternalError(
      `the rule "${no.rule}" answered with a promise; expected true or false at once. Load what it reads beforehand: with the claims, or in the resolver above`,
    ),
  );
}
