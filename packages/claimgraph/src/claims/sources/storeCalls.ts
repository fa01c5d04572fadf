import { ClaimsUnavailableError } from '../../errors.ts';
import { reasonOf } from '../../httpClient/fetchText.ts';
import { type BreakerOptions, createBreaker } from '../breaker.ts';

export interface StoreCallsOptions {
  /** What is called, for messages. */
  readonly store: string;
  /** How long a call may take, with everything that is tried again within it. */
  readonly timeoutMs: number;
  readonly breaker: Partial<BreakerOptions> | undefined;
}

/** Calls of a store, each bounded in time, and none while the breaker is open. */
export interface StoreCalls {
  /**
   * The signal aborts when the time is over, and when the call has ended: whatever is still under way then ends too.
   * Rejects with ClaimsUnavailableError only.
   */
  run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

const defaultBreaker = { failures: 5, cooldownMs: 5_000 };

export function createStoreCalls({ store, timeoutMs, breaker: given }: StoreCallsOptions): StoreCalls {
  const breaker = createBreaker({ ...defaultBreaker, ...given });
  return {
    async run(call) {
      try {
        return await breaker.run(() => runWithin(timeoutMs, call));
      } catch (cause) {
        throw new ClaimsUnavailableError(`claims from ${store}: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}

async function runWithin<T>(timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  // Raced, because a call may wait for something that knows no signal.
  const ended = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
  });
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([call(abort.signal), ended]);
  } finally {
    clearTimeout(timer);
    abort.abort(new Error('the call has ended'));
  }
}
