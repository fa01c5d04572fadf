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
    random: Math.random,
  });
  remembered.set(key, earlier, 100);
  remembered.set(key, later, 100);
  expect(remembered.get(key)).toEqual(later);
});
