import type { FetchedClaims } from '../../../src/claims/claimsSource.ts';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { type Subject, toSubjectKey } from '../../../src/token/principal.ts';

/** What was fetched of a subject: its claims, or undefined for no record. Throws what they are unavailable with. */
export function claimsIn<C>(fetched: FetchedClaims<C>, subject: Subject): C | undefined {
  const entry = fetched.get(toSubjectKey(subject));
  if (entry instanceof ClaimsUnavailableError) throw entry;
  return entry;
}
