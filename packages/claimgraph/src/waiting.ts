import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds: how long the first pause is at most, and how long any is. */
export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

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

const usualPauses: Pauses = { firstMs: 50, longestMs: 2_000 };

/** Milliseconds that double with each attempt, the first of which is 1, up to the longest. */
export function exponentialMs(attempts: number, { firstMs, longestMs } = usualPauses): number {
  return Math.min(longestMs, firstMs * 2 ** (attempts - 1));
}

/**
 * Milliseconds to wait before a call is made again: full jitter, which is anything from 0 to a limit that doubles each
 * time, so that processes which failed together do not ask together again.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(attempts: number, random: () => number): number {
  return random() * exponentialMs(attempts);
}

/** Milliseconds to wait before a connection is made again: equal jitter, at least half of the limit, so that none comes at once. */
export function equalJitterMs(attempts: number, random: () => number = Math.random): number {
  return exponentialMs(attempts) * (1 - random() / 2);
}

/** What a call gives, or a rejection with what `timedOut` makes when it takes longer; what it gives later is dropped. */
export async function within<T>(timeoutMs: number, call: Promise<T>, timedOut: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(timedOut()), timeoutMs);
    timer.unref();
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
