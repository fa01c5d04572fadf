import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { LRUCache } from 'lru-cache';
import { expect, test, vi } from 'vitest';
import { createVerifiedTokenCache } from '../../src/token/verifiedTokenCache.ts';

const soon = { exp: 1_000 };
const verified = { issuer: 'one', keyId: 'key', claims: soon };
const before = soon.exp - 0.001;

test('a token is recalled until its exp and then forgotten', () => {
  const cache = createVerifiedTokenCache(10);
  cache.set('a.b.c', verified);

  expect(cache.get('a.b.c', before)).toBe(verified);
  expect(cache.get('a.b.c', soon.exp)).toBeUndefined();
  expect(cache.get('a.b.c', before)).toBeUndefined();
});

test('a token without exp is not recalled', () => {
  const cache = createVerifiedTokenCache<{ exp?: number }>(10);
  cache.set('a.b.c', { ...verified, claims: {} });

  expect(cache.get('a.b.c', 0)).toBeUndefined();
});

test('a token that differs in one character is another one', () => {
  const cache = createVerifiedTokenCache(10);
  cache.set('a.b.c', verified);

  for (const token of ['b.b.c', 'a.c.c', 'a.b.d', 'a.b.c=', 'a.b.c ', 'A.b.c', 'a.b', '']) {
    expect(cache.get(token, before), token).toBeUndefined();
  }
});

test('the least recently used token gives way', () => {
  const cache = createVerifiedTokenCache(2);
  cache.set('first', verified);
  cache.set('second', verified);
  cache.get('first', before);
  cache.set('third', verified);

  expect(['first', 'second', 'third'].filter((token) => cache.get(token, before))).toEqual(['first', 'third']);
});

test('tokens of an issuer whose key is not kept are forgotten, all of them and no others', () => {
  const cache = createVerifiedTokenCache(1_000);
  const tokensOf = (issuer: string, keyId: string) =>
    Array.from({ length: 100 }, (_, index) => `${issuer} ${keyId} ${index}`);
  const owners = [
    ['one', 'old'],
    ['one', 'kept'],
    ['two', 'old'],
  ] as const;
  // In turns, so that what goes stands between what stays, and at both ends.
  for (let index = 0; index < 100; index += 1) {
    for (const [issuer, keyId] of owners) {
      cache.set(`${issuer} ${keyId} ${index}`, { issuer, keyId, claims: soon });
    }
  }
  cache.set('the last', { issuer: 'one', keyId: 'old', claims: soon });

  cache.retainKeys('one', new Set(['kept']));

  const recalled = (tokens: readonly string[]) => tokens.filter((token) => cache.get(token, before)).length;
  expect(owners.map(([issuer, keyId]) => recalled(tokensOf(issuer, keyId)))).toEqual([0, 100, 100]);
  expect(recalled(['the last'])).toBe(0);
});

test('what is kept is the SHA-256 of a token, and nothing of the token itself', () => {
  const set = vi.spyOn(LRUCache.prototype, 'set');
  const token = 'header.payload.signature';
  createVerifiedTokenCache(10).set(token, verified);

  expect(set.mock.calls).toEqual([[createHash('sha256').update(token).digest('base64'), verified]]);
  for (const part of token.split('.')) expect(inspect(set.mock.calls)).not.toContain(part);
  set.mockRestore();
});
