import { type AppError, InsufficientScopeError } from '../errors.ts';

/** Which of several refusals speaks for the request: failures and outages first, then sign in before ask for scopes. */
export function errorOfRequest(errors: readonly AppError[]): AppError {
  const scopes = errors.flatMap((error) => (error instanceof InsufficientScopeError ? error.requiredScopes : []));
  const all = scopes.length > 0 ? [new InsufficientScopeError([...new Set(scopes)]), ...errors] : errors;
  const [first] = all.toSorted(
    (a, b) => Number(b.isFailure) - Number(a.isFailure) || b.actionability - a.actionability,
  );
  if (!first) throw new RangeError('expected at least one refusal');
  return first;
}
