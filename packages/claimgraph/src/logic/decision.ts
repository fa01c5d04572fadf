import { type AppError, UnauthenticatedError } from '../errors.ts';

/**
 * What a rule, or a tree of rules, says about one field. Three-valued: `indeterminate` means that it could not be decided (the
 * claims store is down, a rule threw), and is neither an allow nor a denial.
 */
export type Decision = Allowed | NotAllowed;

export type NotAllowed = Denied | Indeterminate;

export interface Allowed {
  readonly outcome: 'allowed';
}

export interface Denied {
  readonly outcome: 'denied';
  /** The name of the rule that denied, for the log. */
  readonly rule: string;
  readonly error: AppError;
}

export interface Indeterminate {
  readonly outcome: 'indeterminate';
  readonly rule: string;
  readonly error: AppError;
}

export const allowed: Allowed = { outcome: 'allowed' };

export function denied(rule: string, error: AppError): Denied {
  return { outcome: 'denied', rule, error };
}

export function indeterminate(rule: string, error: AppError): Indeterminate {
  return { outcome: 'indeterminate', rule, error };
}

// Rows may be refused by the thousand, so an error that says the same each time is made once.
const noToken = new UnauthenticatedError('missing', 'no access token was sent');

export function missingToken(rule: string): Denied {
  return denied(rule, noToken);
}
