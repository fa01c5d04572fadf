import { expect, test } from 'vitest';
import { createRememberedClaims, type RememberedClaimsOptions } from '../../src/claims/localClaimsCache.ts';
import { toSubjectKey } from '../../src/token/principal.ts';
import { claimsOf, type TestClaims, user } from './recordingSource.ts';

const key = toSubjectKey(user('ann'));
const asOf = new Date(0);
const found = { state: 'found', claims: claimsOf('ann'), asOf } as const;
const absent = { state: 'absent', asOf } as const;

/** Thirty and five seconds to live, no jitter, clocks that stand at 0; and what differs. */
function createRemembered(override: Partial<RememberedClaimsOptions> = {}) {
  return createRememberedClaims<TestClaims>({
    ttlSeconds: 30,
    negativeTtlSeconds: 5,
    staleIfErrorSeconds: 0,
    jitter: 0,
    maxEntries: 10,
    now: () => 0,
    steadyNow: () => 0,
    random: Math.random,
    ...override,
  });
}

test.each([
  ['a business record replaces none', absent, found],
  ['none replaces a business record', found, absent],
])('the latest answer counts: %s', (_name, earlier, later) => {
  const remembered = createRemembered();
  remembered.set(key, earlier, 100);
  remembered.set(key, later, 100);
  expect(remembered.get(key)).toEqual(later);
});

test.each([
  ['for its time to live', found, 30_000],
  ['for its shorter time to live when there is no business record', absent, 5_000],
])('a clock that is set back again and again does not make an answer live longer: %s', (_name, settled, lifeMs) => {
  let steady = 1_000_000;
  // As if it were set back to this moment before each look.
  const remembered = createRemembered({ now: () => 1, steadyNow: () => steady });
  remembered.set(key, settled, 100);
  steady += lifeMs - 2;
  expect(remembered.get(key)).toEqual(settled);
  steady += 2;
  expect(remembered.get(key)).toBeUndefined();
});

test('of twenty thousand subjects no more are remembered than there is room for, and those without a record in a tenth of it', () => {
  const remembered = createRemembered({
    ttlSeconds: 3600,
    negativeTtlSeconds: 3600,
    staleIfErrorSeconds: 3600,
    maxEntries: 1_000,
  });
  const keys = Array.from({ length: 20_000 }, (_, index) => toSubjectKey(user(`subject-${index}`)));
  for (const [index, subject] of keys.entries()) remembered.set(subject, index % 2 === 0 ? found : absent, 9_999);
  const kept = keys.filter((subject) => remembered.get(subject));
  expect(kept.length).toBe(1_100);
});
