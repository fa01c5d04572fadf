import { LRUCache } from 'lru-cache';
import type { ClaimsUnavailableError } from '../errors.ts';
import type { SubjectKey } from '../token/principal.ts';
import type { SettledClaims } from './settledClaims.ts';

/** A bounded memory of answers, each with its own end. */
export interface LocalClaimsCache<C> {
  get(key: SubjectKey): SettledClaims<C> | undefined;
  /** `notAfter` is in seconds since the epoch, like a token's `exp`. */
  set(key: SubjectKey, settled: SettledClaims<C>, notAfter: number): void;
  /** Notes that the source could not be asked about a subject again, until something else is set. */
  noteFailure(key: SubjectKey, error: ClaimsUnavailableError): void;
  /** The claims to be given for want of current ones; undefined unless a failure is noted. `notAfter` is the caller's. */
  getStale(key: SubjectKey, notAfter: number): StaleClaims<C> | undefined;
  delete(key: SubjectKey): void;
  clear(): void;
}

export interface StaleClaims<C> {
  readonly settled: SettledClaims<C>;
  /** Whether the source failed so short a time ago that it need not be asked again yet. */
  readonly hasJustFailed: boolean;
}

export interface RememberedClaimsOptions {
  readonly ttlSeconds: number;
  readonly negativeTtlSeconds: number;
  readonly staleIfErrorSeconds: number;
  readonly jitter: number;
  readonly maxEntries: number;
  readonly now: () => number;
  readonly steadyNow: () => number;
  readonly random: () => number;
}

interface Entry<C> {
  readonly settled: SettledClaims<C>;
  readonly expiresAt: number;
  /** Until when it may be given while the source fails. */
  readonly staleUntil: number;
  /** When the source was asked, by the steady clock: what a clock that is set back cannot make younger. */
  readonly steadyReadAt: number;
  readonly failure?: { readonly error: ClaimsUnavailableError; readonly at: number };
}

/** For how long a failure stands for those that would follow. */
const failureMs = 1_000;

export function createRememberedClaims<C>(options: RememberedClaimsOptions): LocalClaimsCache<C> {
  const { ttlSeconds, negativeTtlSeconds, staleIfErrorSeconds, jitter, maxEntries } = options;
  const { now, steadyNow, random } = options;
  const found = new LRUCache<SubjectKey, Entry<C>>({ max: maxEntries });
  // Apart, so that a flood of unknown subjects pushes out only other unknown ones.
  const absent = new LRUCache<SubjectKey, Entry<C>>({ max: Math.ceil(maxEntries / 10) });

  function get(key: SubjectKey): SettledClaims<C> | undefined {
    const entry = found.get(key) ?? absent.get(key);
    if (!entry) return undefined;
    if (isWithin(entry, entry.expiresAt)) return entry.settled;
    if (!isWithin(entry, entry.staleUntil)) remove(key);
    return undefined;
  }

  function noteFailure(key: SubjectKey, error: ClaimsUnavailableError): void {
    const entry = found.get(key);
    if (entry) found.set(key, { ...entry, failure: { error, at: now() } });
  }

  function getStale(key: SubjectKey, notAfter: number): StaleClaims<C> | undefined {
    const entry = found.get(key);
    if (!entry?.failure || entry.settled.state === 'absent') return undefined;
    const { settled, failure } = entry;
    if (!isWithin(entry, Math.min(entry.staleUntil, notAfter * 1000))) return undefined;
    return { settled: { ...settled, stale: failure.error }, hasJustFailed: Math.abs(now() - failure.at) < failureMs };
  }

  function set(key: SubjectKey, settled: SettledClaims<C>, notAfter: number): void {
    const ttlMs = (settled.state === 'found' ? ttlSeconds : negativeTtlSeconds) * 1000;
    const readAt = settled.asOf.getTime();
    const expiresAt = Math.min(readAt + ttlMs * (1 - jitter * random()), notAfter * 1000);
    const mayBeStale = settled.state === 'found' && staleIfErrorSeconds > 0;
    const staleUntil = mayBeStale ? Math.min(readAt + ttlMs + staleIfErrorSeconds * 1000, notAfter * 1000) : expiresAt;
    const steadyReadAt = steadyNow() - Math.max(0, now() - readAt);
    remove(key);
    (settled.state === 'found' ? found : absent).set(key, { settled, expiresAt, staleUntil, steadyReadAt });
  }

  function remove(key: SubjectKey): void {
    found.delete(key);
    absent.delete(key);
  }

  function clear(): void {
    found.clear();
    absent.clear();
  }

  /** An answer from the future means that the clock was set back: how old the answer is, nobody knows then. */
  function isWithin({ settled, steadyReadAt }: Entry<C>, end: number): boolean {
    const nowMs = now();
    const readAt = settled.asOf.getTime();
    return readAt <= nowMs && nowMs < end && steadyNow() - steadyReadAt < end - readAt;
  }

  return { get, set, noteFailure, getStale, delete: remove, clear };
}
