/** When to try again what failed for a while, and when to stop. */
export interface RetryOptions {
  /** How often at most, after the first attempt; 4 unless given. */
  readonly maxRetries?: number;
  /** How many milliseconds one operation may spend waiting, all attempts together; 30,000 unless given. */
  readonly maxWaitMs?: number;
  /** Resolves after so many milliseconds, or rejects once the signal is aborted; a timer unless given. */
  readonly wait?: (ms: number, signal: AbortSignal | null | undefined) => Promise<void>;
}

/** Counts the attempts of one operation. */
export interface Retries {
  /** Waits before the next attempt and resolves with true; with false at once when there is to be none. */
  again(retryAfterSeconds?: number, signal?: AbortSignal | null): Promise<boolean>;
}

const firstPauseMs = 500;

/**
 * Pauses that double, and are never shorter than Retry-After (RFC 9110 section 10.2.3) asks; then up to half as long again by
 * chance, so that clients that failed together do not return together.
 */
export function createRetryPolicy({
  maxRetries = 4,
  maxWaitMs = 30_000,
  wait = pause,
}: RetryOptions = {}): () => Retries {
  if (!(maxRetries >= 0 && maxWaitMs >= 0)) throw new TypeError('expected maxRetries and maxWaitMs from 0');
  return () => {
    let retries = 0;
    let waitedMs = 0;
    return {
      async again(retryAfterSeconds = 0, signal) {
        const leastMs = Math.max(retryAfterSeconds * 1_000, firstPauseMs * 2 ** retries);
        const ms = Math.round(leastMs * (1 + Math.random() / 2));
        if (retries >= maxRetries || waitedMs + ms > maxWaitMs) return false;
        retries += 1;
        waitedMs += ms;
        await wait(ms, signal);
        return true;
      },
    };
  };
}

function pause(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** Seconds to wait, of a Retry-After header; a date gives undefined, for it is of another clock. */
export function parseRetryAfter(header: string | null | undefined): number | undefined {
  return /^\d+$/.test(header ?? '') ? Number(header) : undefined;
}
