import { setTimeout as wait } from 'node:timers/promises';

/** How a source waits before it asks again. */
export interface Backoff {
  /** A number from 0 to below 1, like `Math.random`. */
  readonly random: () => number;
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const realBackoff: Backoff = {
  random: Math.random,
  pause: async (ms, signal) => void (await wait(ms, undefined, { signal })),
};

const firstMs = 50;
const longestMs = 2_000;

/**
 * Milliseconds to wait after so many attempts: full jitter, which is anything from 0 to a limit that doubles each time, so
 * that processes which failed together do not ask together again.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(attempts: number, random: () => number): number {
  return random() * Math.min(longestMs, firstMs * 2 ** (attempts - 1));
}
