import { ClaimsUnavailableError } from '../../errors.ts';
import { type Subject, toSubjectKey } from '../../token/principal.ts';

/**
 * What a store holds of a subject → its claims. The team writes it: it throws on anything that it does not understand,
 * and names the field, what was expected and the kind of value that came (`describeType`), never the value: it may be logged.
 */
export type ParseClaims<C> = (record: unknown, subject: Subject) => C;

/** Parses one record; whatever the parser throws makes the claims of this subject unavailable, and nobody else's. */
export function parseRecord<C>(parse: ParseClaims<C>, record: unknown, subject: Subject): C | ClaimsUnavailableError {
  try {
    const claims = parse(record, subject);
    if (isPromise(claims))
      throw new TypeError('expected claims from the parser; got a promise. It must be synchronous');
    return claims;
  } catch (cause) {
    if (cause instanceof ClaimsUnavailableError) return cause;
    return new ClaimsUnavailableError(`claims for ${toSubjectKey(subject)}: the record was not understood`, { cause });
  }
}

/** Rules would read members of the promise, and find none. */
function isPromise(claims: unknown): boolean {
  if (!(claims instanceof Promise)) return false;
  claims.catch(() => {});
  return true;
}
