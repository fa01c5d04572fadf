import { InternalError } from '../errors.ts';
import type { Authorization } from './authorization.ts';
import { toGuardError } from './guardError.ts';
import { type ResultMeter, unmetered } from './resultMeter.ts';

/** Whether a context is one that a session has made: it carries the authorization of one operation. */
export function hasAuthorization(context: unknown): context is { readonly authorization: Authorization } {
  if (typeof context !== 'object' || context === null || !('authorization' in context)) return false;
  const { authorization } = context;
  // By what it can do: another copy of this package may have made it. A host may have put something else there.
  return typeof authorization === 'object' && authorization !== null && 'decide' in authorization;
}

/** The authorization, for a guard: without a session nothing that is protected is given out. Throws a GuardError. */
export function authorizationOf(context: unknown): Authorization {
  if (hasAuthorization(context)) return context.authorization;
  throw toGuardError(
    new InternalError('a field was executed without a session; give session.context(…) as the contextValue'),
  );
}

/** What follows the execution of the operation that a context is made for. */
export function meterOf(context: unknown): ResultMeter {
  return (hasAuthorization(context) ? context.authorization.operation?.meter : undefined) ?? unmetered;
}
