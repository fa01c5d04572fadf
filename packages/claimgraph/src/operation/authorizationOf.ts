import { InternalError } from '../errors.ts';
import type { Authorization } from './authorization.ts';
import { toGuardError } from './guardError.ts';

/** The authorization that an operation's context carries; undefined for a context that no session has made. */
export function findAuthorization(context: unknown): Authorization | undefined {
  if (typeof context !== 'object' || context === null || !('authorization' in context)) return undefined;
  return isAuthorization(context.authorization) ? context.authorization : undefined;
}

/** The same for a guard: without a session nothing that is protected is given out. Throws a GuardError. */
export function authorizationOf(context: unknown): Authorization {
  const authorization = findAuthorization(context);
  if (authorization) return authorization;
  throw toGuardError(
    new InternalError('a field was executed without a session; give session.context(…) as the contextValue'),
  );
}

/** By what it can do: another copy of this package may have made it. A host may have put something else there. */
function isAuthorization(value: unknown): value is Authorization {
  return typeof value === 'object' && value !== null && 'decide' in value && typeof value.decide === 'function';
}
