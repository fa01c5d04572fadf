import { expect, test } from 'vitest';
import { createTestCache } from './createTestCache.ts';

test.each([
  ['ttlSeconds', -1, 'a number from 0 to 9007199254740991; got -1'],
  ['ttlSeconds', Number.NaN, 'a number from 0 to 9007199254740991; got NaN'],
  ['negativeTtlSeconds', Number.POSITIVE_INFINITY, 'a number from 0 to 9007199254740991; got Infinity'],
  ['staleIfErrorSeconds', -1, 'a number from 0 to 86400; got -1'],
  ['staleIfErrorSeconds', 86_401, 'a number from 0 to 86400; got 86401'],
  ['jitter', 1.1, 'a number from 0 to 1; got 1.1'],
  ['jitter', -0.1, 'a number from 0 to 1; got -0.1'],
  ['batchWindowMs', -1, 'a number from 0 to 2147483647; got -1'],
  ['timeoutMs', 0, 'a number from 1 to 2147483647; got 0'],
  ['timeoutMs', 2 ** 31, 'a number from 1 to 2147483647; got 2147483648'],
  ['maxEntries', 0, 'a whole number of at least 1; got 0'],
  ['maxBatchSize', 1.5, 'a whole number of at least 1; got 1.5'],
  ['maxConcurrentBatches', 0, 'a whole number of at least 1; got 0'],
])('a claims cache with %s = %s is not created', (name, value, expected) => {
  expect(() => createTestCache({ [name]: value })).toThrow(
    new RangeError(`claims cache: "${name}" must be ${expected}`),
  );
});
