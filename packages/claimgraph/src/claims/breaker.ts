/** Keeps calls away from something that fails, so that nobody waits for it. */
export interface Breaker {
  /** Calls, or rejects with BreakerOpenError at once. Whatever the call rejects with counts as a failure and is passed on. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** `open`: nothing is called; `probing`: one call finds out whether it works again. */
  state(): BreakerState;
}

export type BreakerState = 'closed' | 'open' | 'probing';

export interface BreakerOptions {
  /** How many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open before one call is let through. */
  readonly cooldownMs: number;
  /** Milliseconds of a clock that is never set back; `performance.now` unless given. */
  readonly now?: () => number;
  readonly onStateChange?: (state: BreakerState) => void;
}

/** The call was not made, since those before it failed. */
export class BreakerOpenError extends Error {
  constructor(retryAfterMs: number) {
    super(`not called: the last calls failed; the next one is tried in ${Math.ceil(retryAfterMs)} ms`);
    this.name = new.target.name;
  }
}

/** A circuit breaker: closed until `failures` calls in a row fail, then open for `cooldownMs`, then one call decides. */
export function createBreaker(options: BreakerOptions): Breaker {
  const { failures, cooldownMs, now = () => performance.now(), onStateChange = () => {} } = options;
  let state: BreakerState = 'closed';
  let failed = 0;
  let openedAt = 0;

  function enter(next: BreakerState): void {
    if (next === state) return;
    state = next;
    onStateChange(next);
  }

  function onFailure(): void {
    failed += 1;
    if (state !== 'probing' && failed < failures) return;
    openedAt = now();
    enter('open');
  }

  function onSuccess(): void {
    failed = 0;
    enter('closed');
  }

  return {
    state: () => state,
    async run(call) {
      const left = openedAt + cooldownMs - now();
      if (state === 'probing' || (state === 'open' && left > 0)) throw new BreakerOpenError(Math.max(0, left));
      const isProbe = state === 'open';
      if (isProbe) enter('probing');
      try {
        const result = await call();
        // A call from before the break says nothing about now.
        if (isProbe || state === 'closed') onSuccess();
        return result;
      } catch (error) {
        if (isProbe || state === 'closed') onFailure();
        throw error;
      }
    },
  };
}
