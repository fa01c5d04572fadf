import { expect, test } from 'vitest';
import { createTestCache } from './createTestCache.ts';

test.each([
  ['ttlSeconds', -1, '0', '9007199254740991'],
  ['ttlSeconds', Number.NaN, '0', '9007199254740991'],
  ['negativeTtlSeconds', Number.POSITIVE_INFINITY, '0', '9007199254740991'],
  ['staleIfErrorSeconds', -1, '0', '86400'],
  ['staleIfErrorSeconds', 86_401, '0', '86400'],
  ['jitter', 1.1, '0', '1'],
  ['jitter', -0.1, '0', '1'],
  ['batchWindowMs', -1, '0', '2147483647'],
  ['timeoutMs', 0, '1', '2147483647'],
  ['timeoutMs', 2 ** 31, '1', '2147483647'],
  ['maxEntries', 0, '1', ''],
  ['maxBatchSize', 1.5, '1', ''],
  ['maxConcurrentBatches', 0, '1', ''],
])('a claims cache with %s = %s is not created', (name, value, from, to) => {
  const create = () => createTestCache({ [name]: value });
  expect(create).toThrow(RangeError);
  // The option, what it may be and what it is.
  expect(create).toThrow(new RegExp(`"${name}".*\\b${from}\\b.*\\b${to}.* ${value}$`));
});
