import { expect, test } from 'vitest';
import { createServerClaims } from '../../src/claims/serverClaims.ts';
import { createRecordingSource, type TestClaims, user } from './recordingSource.ts';

test('a revision counts for the claims of no group, whose store it is of, and not for those of groups', () => {
  const told: string[] = [];
  const { source } = createRecordingSource();
  const claims = createServerClaims<TestClaims, { readonly limits: TestClaims }>(
    { source, groups: { limits: { source } } },
    (settings, group = 'no group') => ({
      ttlSeconds: 30,
      negativeTtlSeconds: 5,
      maxEntries: 10,
      maxBatchSize: 10,
      timeoutMs: 2_000,
      ...settings,
      tier: (behind) => ({
        ...behind,
        invalidate: (key, revision) => told.push(`${group}: ${key} ${revision}`),
        invalidateAll: (revision) => told.push(`${group}: everybody ${revision}`),
      }),
    }),
  );
  claims.invalidate(user('ann'), 7);
  claims.invalidateAll(8);
  claims.invalidateAll('missed');
  claims.groups.limits.invalidate(user('ann'), 3);
  expect(told).toEqual([
    'no group: user https://issuer.example ann 7',
    'limits: user https://issuer.example ann undefined',
    'no group: everybody 8',
    'limits: everybody undefined',
    'no group: everybody missed',
    'limits: everybody undefined',
    'limits: user https://issuer.example ann 3',
  ]);
  claims.close();
});
