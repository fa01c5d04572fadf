import { expect, test } from 'vitest';
import { createExpiringMap } from '../../src/state/expiringMap.ts';

test('an entry is there until its lifetime is over', () => {
  let now = 0;
  const map = createExpiringMap<string>({ lifetimeSeconds: 10, maxEntries: 5, now: () => now });
  map.set('a', 'value');
  now = 9_999;
  expect(map.get('a')).toBe('value');
  now = 10_000;
  expect(map.get('a')).toBeUndefined();
});

test('when the map is full the oldest entries go', () => {
  const map = createExpiringMap<number>({ lifetimeSeconds: 10, maxEntries: 3, now: () => 0 });
  for (let entry = 0; entry < 100; entry += 1) map.set(`key-${entry}`, entry);
  expect([96, 97, 98, 99].map((entry) => map.get(`key-${entry}`))).toEqual([undefined, 97, 98, 99]);
});

test('an entry that is set again is the newest', () => {
  const map = createExpiringMap<number>({ lifetimeSeconds: 10, maxEntries: 2, now: () => 0 });
  for (const key of ['a', 'b', 'a', 'c']) map.set(key, 1);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([1, undefined, 1]);
});

test('a deleted entry is gone', () => {
  const map = createExpiringMap<number>({ lifetimeSeconds: 10, maxEntries: 2, now: () => 0 });
  map.set('a', 1);
  map.delete('a');
  expect(map.get('a')).toBeUndefined();
});
