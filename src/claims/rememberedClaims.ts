import { LRUCache } from 'lru-cache';
import type { SubjectKey } from '../token/principal.ts';
import type { SettledClaims } from './settledClaims.ts';

/** A bounded memory of answers, each with its own end. */
export interface RememberedClaims<C> {
  get(key: SubjectKey): SettledClaims<C> | undefined;
  /** `notAfter` is in seconds since the epoch, like a token's `exp`. */
  set(key: SubjectKey, settled: SettledClaims<C>, notAfter: number): void;
  delete(key: SubjectKey): void;
  clear(): void;
}

export interface RememberedClaimsOptions {
  readonly ttlSeconds: number;
  readonly negativeTtlSeconds: number;
  readonly jitter: number;
  readonly maxEntries: number;
  readonly now: () => number;
  readonly steadyNow: () => number;
  readonly random: () => number;
}

interface Entry<C> {
  readonly settled: SettledClaims<C>;
  readonly expiresAt: number;
  /** The same by the steady clock, reckoned from when it was remembered. */
  readonly steadyExpiresAt: number;
}

export function createRememberedClaims<C>(options: RememberedClaimsOptions): RememberedClaims<C> {
  const { ttlSeconds, negativeTtlSeconds, jitter, maxEntries, now, steadyNow, random } = options;
  const found = new LRUCache<SubjectKey, Entry<C>>({ max: maxEntries });
  // Apart, so that a flood of unknown subjects pushes out only other unknown ones.
  const absent = new LRUCache<SubjectKey, Entry<C>>({ max: Math.ceil(maxEntries / 10) });

  function get(key: SubjectKey): SettledClaims<C> | undefined {
    const entry = found.get(key) ?? absent.get(key);
    if (!entry) return undefined;
    if (isCurrent(entry, now()) && steadyNow() < entry.steadyExpiresAt) return entry.settled;
    remove(key);
    return undefined;
  }

  function set(key: SubjectKey, settled: SettledClaims<C>, notAfter: number): void {
    const ttlMs = (settled.found ? ttlSeconds : negativeTtlSeconds) * 1000;
    const expiresAt = Math.min(settled.asOf.getTime() + ttlMs * (1 - jitter * random()), notAfter * 1000);
    const livesMs = Math.min(expiresAt - now(), ttlMs);
    remove(key);
    (settled.found ? found : absent).set(key, { settled, expiresAt, steadyExpiresAt: steadyNow() + livesMs });
  }

  function remove(key: SubjectKey): void {
    found.delete(key);
    absent.delete(key);
  }

  function clear(): void {
    found.clear();
    absent.clear();
  }

  return { get, set, delete: remove, clear };
}

/** An answer from the future means that the clock was set back: how old the answer is, nobody knows then. */
function isCurrent<C>({ settled, expiresAt }: Entry<C>, nowMs: number): boolean {
  return settled.asOf.getTime() <= nowMs && nowMs < expiresAt;
}
