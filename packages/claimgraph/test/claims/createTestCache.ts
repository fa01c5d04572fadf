import { vi } from 'vitest';
import { type ClaimsCache, createClaimsCache } from '../../src/claims/claimsCache.ts';
import type { ClaimsCacheOptions } from '../../src/claims/claimsCacheOptions.ts';
import { createRecordingSource, type RecordedCall, type RecordingSource, type TestClaims } from './recordingSource.ts';

export interface TestCache extends RecordingSource {
  readonly cache: ClaimsCache<TestClaims>;
}

/** The moment at which every test with fake timers starts. */
export const start = Date.parse('2026-01-01T00:00:00Z');

/** A token that outlives every test. */
export const laterExp = start / 1000 + 1_000_000;

/** Timers and clock stand still until a test moves them. */
export function stopTime(): void {
  vi.useFakeTimers({ now: start, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
}

export async function passSeconds(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

/** Lets the batch window pass, and whatever happens at its end. */
export async function passWindow(): Promise<void> {
  await vi.advanceTimersByTimeAsync(5);
}

/** A cache without jitter over a recording source; `onCall` may answer at once. */
export function createTestCache(
  override: Partial<ClaimsCacheOptions<TestClaims>> = {},
  onCall?: (call: RecordedCall) => void,
): TestCache {
  const recording = createRecordingSource(onCall);
  const cache = createClaimsCache({
    source: recording.source,
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    jitter: 0,
    maxEntries: 1000,
    maxBatchSize: 100,
    timeoutMs: 2000,
    ...override,
  });
  return { ...recording, cache };
}
