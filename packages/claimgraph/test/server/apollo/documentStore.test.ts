import { type DocumentNode, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createDocumentStore } from '../../../src/server/apollo/documentStore.ts';

describe('a document store', () => {
  test('gives back the very document, for what hangs on it', async () => {
    const { get, set } = createStore();
    const document = parse('{ open }');
    await set('a', document);
    expect([await get('a'), await get('b')]).toEqual([document, undefined]);
    expect(await get('a')).toBe(document);
  });

  test('forgets what it is told to, and what has not been asked for when there are too many', async () => {
    const { get, set, remove } = createStore();
    const first = parse('{ open }');
    await set('first', first);
    await remove('first');
    expect(await get('first')).toBeUndefined();
    await set('first', first);
    const large = parse(`{ open # ${'x'.repeat(3_900)}\n}`);
    for (let index = 0; index < 90; index += 1) await set(`large ${index}`, large);
    expect(await get('first')).toBe(first);
    for (let index = 90; index < 150; index += 1) await set(`large ${index}`, large);
    expect(await get('large 0')).toBeUndefined();
    expect(await get('large 149')).toBe(large);
    expect(await get('first')).toBe(first);
  });

  test('bounds small documents too: each counts for its key', async () => {
    const { get, set } = createStore();
    const key = (index: number) => `${'k'.repeat(64)}${index}`;
    const small = parse('{a}');
    for (let index = 0; index < 10_000; index += 1) await set(key(index), small);
    const kept = await Promise.all(Array.from({ length: 10_000 }, (_, index) => get(key(index))));
    expect(kept.filter((document) => document !== undefined).length).toBeLessThan(400_000 / 64);
  });

  test('keeps no emptied document, and none that does not say how long it is', async () => {
    const { get, set } = createStore();
    await set('emptied', { ...parse('{ open }'), definitions: [] });
    await set('unmeasured', parse('{ open }', { noLocation: true }));
    expect([await get('emptied'), await get('unmeasured')]).toEqual([undefined, undefined]);
  });
});

function createStore() {
  const store = createDocumentStore();
  if (!store) throw new TypeError('expected a store');
  return {
    get: (key: string) => store.get(key),
    set: (key: string, document: DocumentNode) => store.set(key, document),
    remove: (key: string) => store.delete(key),
  };
}
