import { expect, test } from 'vitest';
import { createRememberedClaims } from '../../src/claims/rememberedClaims.ts';
import { toSubjectKey } from '../../src/token/principal.ts';
import { claimsOf, type TestClaims, user } from './recordingSource.ts';

const key = toSubjectKey(user('ann'));
const asOf = new Date(0);
const found = { found: true, claims: claimsOf('ann'), asOf } as const;
const absent = { found: false, asOf } as const;

test.each([
  ['a business record replaces none', absent, found],
  ['none replaces a business record', found, absent],
])('the latest answer counts: %s', (_name, earlier, later) => {
  const remembered = createRememberedClaims<TestClaims>({
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    staleIfErrorSeconds: 0,
    jitter: 0,
    maxEntries: 10,
    now: () => 0,
    steadyNow: () => 0,
    random: Math.random,
  });
  remembered.set(key, earlier, 100);
  remembered.set(key, later, 100);
  expect(remembered.get(key)).toEqual(later);
});

test.each([
  ['for its time to live', found, 30_000],
  ['for its shorter time to live when there is no business record', absent, 5_000],
])('a clock that is set back again and again does not make an answer live longer: %s', (_name, settled, lifeMs) => {
  let steady = 1_000_000;
  const remembered = createRememberedClaims<TestClaims>({
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    staleIfErrorSeconds: 0,
    jitter: 0,
    maxEntries: 10,
    // As if it were set back to this moment before each look.
    now: () => 1,
    steadyNow: () => steady,
    random: Math.random,
  });
  remembered.set(key, settled, 100);
  steady += lifeMs - 2;
  expect(remembered.get(key)).toEqual(settled);
  steady += 2;
  expect(remembered.get(key)).toBeUndefined();
});

test('of a million subjects no more are remembered than there is room for, and those without a record in a tenth of it', () => {
  const remembered = createRememberedClaims<TestClaims>({
    ttlSeconds: 3600,
    negativeTtlSeconds: 3600,
    staleIfErrorSeconds: 3600,
    jitter: 0,
    maxEntries: 1_000,
    now: () => 1_000,
    steadyNow: () => 1_000,
    random: Math.random,
  });
  const keys = Array.from({ length: 1_000_000 }, (_, index) => toSubjectKey(user(`subject-${index}`)));
  const asOf = new Date(1_000);
  for (const [index, subject] of keys.entries()) {
    remembered.set(
      subject,
      index % 2 === 0 ? { found: true, claims: claimsOf('ann'), asOf } : { found: false, asOf },
      9_999,
    );
  }
  const kept = keys.filter((subject) => remembered.get(subject));
  expect(kept.length).toBe(1_100);
});
