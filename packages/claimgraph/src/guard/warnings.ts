import { inspect } from 'node:util';
import type { ClaimsUnavailableError } from '../errors.ts';
import type { ReportInternalError } from '../operation/formatError.ts';

/** Told of claims that could not be read, of a group or of none; the client reads CLAIMS_UNAVAILABLE. Must not throw. */
export type ReportClaimsUnavailable = (error: ClaimsUnavailableError, group?: string) => void;

/** What a guard does where nobody wants to be told: whoever looks at the process's output finds out. */
export const warnOfInternalError: ReportInternalError = (errorId, error) =>
  warn('an operation met an internal error', errorId, error);

/** At most once a second: an outage is met by every request. */
export function createClaimsWarning(now = Date.now): ReportClaimsUnavailable {
  let quietUntil = Number.NEGATIVE_INFINITY;
  return (error, group) => {
    // A clock that was set back makes the next warning come at once.
    if (now() < quietUntil && now() > quietUntil - 1000) return;
    quietUntil = now() + 1000;
    const claims = group === undefined ? 'claims' : `claims of the group ${group}`;
    warn(`the ${claims} of a caller could not be read`, error.code, error);
  };
}

function warn(message: string, code: string, error: unknown): void {
  process.emitWarning(message, { type: 'ClaimgraphError', code, detail: inspect(error) });
}
