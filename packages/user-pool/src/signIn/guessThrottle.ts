export type Attempt =
  | { readonly outcome: 'right' }
  | { readonly outcome: 'wrong' }
  /** It was not looked at whether it was right. */
  | { readonly outcome: 'too-many'; readonly waitSeconds: number };

/** Stops those who guess the secret of a name, as Cognito does for passwords. */
export interface GuessThrottle {
  /** `name` must be one that exists: what is kept for each is never more than there are of those. */
  attempt(name: string, isRight: () => boolean): Attempt;
}

const longestWaitSeconds = 900;

/**
 * After so many failures in a row the next attempt has to wait a second, and twice as long after each further failure, up
 * to a quarter of an hour; attempts during the wait count for nothing. Success or a quarter of an hour of rest starts afresh.
 */
export function createGuessThrottle(options: {
  readonly freeFailures: number;
  readonly now: () => number;
}): GuessThrottle {
  const { freeFailures, now } = options;
  const failures = new Map<string, { readonly count: number; readonly lastAt: number }>();
  return {
    attempt(name, isRight) {
      const at = now();
      const past = failures.get(name);
      const restedMs = past === undefined ? Number.POSITIVE_INFINITY : at - past.lastAt;
      const count = past === undefined || restedMs >= longestWaitSeconds * 1000 ? 0 : past.count;
      const remainingMs = waitMsAfter(count - freeFailures) - restedMs;
      if (remainingMs > 0) return { outcome: 'too-many', waitSeconds: Math.ceil(remainingMs / 1000) };
      if (isRight()) {
        failures.delete(name);
        return { outcome: 'right' };
      }
      failures.set(name, { count: count + 1, lastAt: at });
      return { outcome: 'wrong' };
    },
  };
}

function waitMsAfter(doublings: number): number {
  return doublings < 0 ? 0 : Math.min(2 ** doublings, longestWaitSeconds) * 1000;
}
