import { inspect } from 'node:util';

// Node fires a timer with a longer delay at once.
export const longestTimerMs = 2 ** 31 - 1;

/** Refuses an option that is not a whole number within its bounds, with a RangeError. */
export function requireWhole(place: string, value: number, min: number, max: number): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${place} must be a whole number from ${min} to ${max}; got ${inspect(value)}`);
}
