import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimsCache } from '../../src/claims/claimsCache.ts';
import { toSubjectKey } from '../../src/token/principal.ts';
import { createTestCache, laterExp, passSeconds, passWindow, stopTime } from './createTestCache.ts';
import { answerAtOnce, claimsOf, machine, type TestClaims, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const ann = user('ann');
const version = (number: number) => ({ state: 'found', claims: claimsOf('ann', number) });

/** Both ways to invalidate have the same effect on the one subject. */
const ways: readonly [string, (cache: ClaimsCache<TestClaims>) => void][] = [
  ['invalidate', (cache) => cache.invalidate(ann)],
  ['invalidateAll', (cache) => cache.invalidateAll()],
];

describe.each(ways)('%s', (_name, invalidate) => {
  test('makes the next question ask the source again', async () => {
    const { cache, lastCall } = createTestCache();
    for (const number of [1, 2]) {
      const asked = cache.get(ann, laterExp);
      await passWindow();
      lastCall().answerFound({ ann: claimsOf('ann', number) });
      expect(await asked).toMatchObject(version(number));
      invalidate(cache);
    }
  });

  test('forgets also that there was no business record', async () => {
    const { cache, lastCall } = createTestCache();
    const before = cache.get(ann, laterExp);
    await passWindow();
    lastCall().answerFound({});
    expect(await before).toMatchObject({ state: 'absent' });
    invalidate(cache);
    const after = cache.get(ann, laterExp);
    await passWindow();
    lastCall().answerFound({ ann: claimsOf('ann', 2) });
    expect(await after).toMatchObject(version(2));
  });

  test('before the source is asked costs no second question', async () => {
    const { cache, calls, lastCall } = createTestCache();
    const before = cache.get(ann, laterExp);
    invalidate(cache);
    const after = cache.get(ann, laterExp);
    await passWindow();
    lastCall().answerFound({ ann: claimsOf('ann', 2) });
    expect(await Promise.all([before, after])).toMatchObject([version(2), version(2)]);
    expect(await cache.get(ann, laterExp)).toMatchObject(version(2));
    expect(calls.map((call) => call.names)).toEqual([['ann']]);
  });

  test('of nothing does nothing', async () => {
    const { cache, calls } = createTestCache({}, answerAtOnce);
    invalidate(cache);
    await Promise.all([cache.get(ann, laterExp), passWindow()]);
    expect(calls.length).toBe(1);
  });

  test.each([
    ['old answer first', [0, 1]],
    ['new answer first', [1, 0]],
  ])('during a call gives the new answer to everybody: %s', async (_order, order) => {
    const { cache, calls } = createTestCache();
    const before = cache.get(ann, laterExp);
    await passWindow();
    invalidate(cache);
    const after = cache.get(ann, laterExp);
    await passWindow();
    expect(calls.length).toBe(2);
    for (const index of order) {
      calls[index]?.answerFound({ ann: claimsOf('ann', index + 1) });
      await passSeconds(0);
    }
    expect(await Promise.all([before, after])).toMatchObject([version(2), version(2)]);
    expect(await cache.get(ann, laterExp)).toMatchObject(version(2));
    expect(calls.length).toBe(2);
  });

  test('during a call makes those who already wait ask once more', async () => {
    const { cache, calls } = createTestCache();
    const early = [cache.get(ann, laterExp), cache.get(ann, laterExp)];
    await passWindow();
    invalidate(cache);
    calls[0]?.answerFound({ ann: claimsOf('ann', 1) });
    await passWindow();
    expect(calls.length).toBe(2);
    calls[1]?.answerFound({ ann: claimsOf('ann', 2) });
    expect(await Promise.all(early)).toMatchObject([version(2), version(2)]);
  });

  test('as soon as the answer has arrived is still in time', async () => {
    const { cache, calls } = createTestCache();
    const asked = cache.get(ann, laterExp);
    await passWindow();
    calls[0]?.answerFound({ ann: claimsOf('ann', 1) });
    invalidate(cache);
    await passWindow();
    calls[1]?.answerFound({ ann: claimsOf('ann', 2) });
    expect(await asked).toMatchObject(version(2));
  });

  test('during every call makes a caller give up after three, and remembers none of them', async () => {
    const { cache, calls } = createTestCache({}, (call) => {
      invalidate(cache);
      call.answerFound({ ann: claimsOf('ann', 1) });
    });
    const asked = Promise.allSettled([cache.get(ann, laterExp)]);
    await passSeconds(1);
    expect((await asked)[0]).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'CLAIMS_UNAVAILABLE',
        message: expect.stringMatching(/ ann: .*\b3\b/),
      },
    });
    expect(calls.length).toBe(3);
    void cache.get(ann, laterExp).catch(() => {});
    await passWindow();
    expect(calls.length).toBe(4);
    cache.close();
  });

  test('during a call that then fails is a failure, and the new call is not touched by it', async () => {
    const { cache, calls } = createTestCache();
    const before = Promise.allSettled([cache.get(ann, laterExp)]);
    await passWindow();
    invalidate(cache);
    const after = cache.get(ann, laterExp);
    await passWindow();
    calls[0]?.fail(new Error('down'));
    expect((await before)[0]).toMatchObject({ reason: { code: 'CLAIMS_UNAVAILABLE' } });
    const joined = cache.get(ann, laterExp);
    calls[1]?.answerFound({ ann: claimsOf('ann', 2) });
    expect(await Promise.all([after, joined])).toMatchObject([version(2), version(2)]);
    expect(calls.length).toBe(2);
  });
});

test('invalidating one subject leaves the others remembered and under way', async () => {
  const { cache, calls, lastCall } = createTestCache();
  const known = cache.get(user('bob'), laterExp);
  await passWindow();
  lastCall().answerFound({ bob: claimsOf('bob', 1) });
  await known;
  const underWay = [ann, user('cid'), machine('ann')].map((who) => cache.get(who, laterExp));
  await passWindow();
  cache.invalidate(ann);
  lastCall().answerFound({ ann: claimsOf('ann', 1), cid: claimsOf('cid', 1) });
  await passWindow();
  expect(calls.map((call) => call.subjects)).toEqual([[user('bob')], [ann, user('cid'), machine('ann')], [ann]]);
  lastCall().answerFound({ ann: claimsOf('ann', 2) });
  expect(await Promise.all([...underWay, cache.get(user('bob'), laterExp)])).toMatchObject([
    version(2),
    { claims: claimsOf('cid', 1) },
    { claims: claimsOf('ann', 1) },
    { claims: claimsOf('bob', 1) },
  ]);
});

describe('a change with a number', () => {
  const answered = (number: number, revision: number) => ({
    claims: new Map([[toSubjectKey(ann), claimsOf('ann', number)]]),
    revision,
  });

  test('that an answer contains already does not cost it its place', async () => {
    const { cache, calls, lastCall } = createTestCache();
    const asked = cache.get(ann, laterExp);
    await passWindow();
    lastCall().answer(answered(1, 7));
    await asked;
    // As it comes twice: from the process that made the change, and from the store.
    cache.invalidate(ann, 7);
    cache.invalidate(ann, 6);
    expect(await cache.get(ann, laterExp)).toMatchObject(version(1));
    expect(calls.length).toBe(1);
    cache.invalidate(ann, 8);
    expect(cache.peek(ann)).toBeUndefined();
  });

  test('during a call that an earlier one has overtaken already makes its answer be asked for again', async () => {
    const { cache, calls } = createTestCache();
    const before = cache.get(ann, laterExp);
    await passWindow();
    cache.invalidate(ann, 8);
    const between = cache.get(ann, laterExp);
    await passWindow();
    cache.invalidate(ann, 9);
    // The first answer contains the first change only, and so does the second.
    calls[0]?.answer(answered(1, 8));
    calls[1]?.answer(answered(1, 8));
    await passWindow();
    calls[2]?.answer(answered(2, 9));
    expect(await Promise.all([before, between])).toMatchObject([version(2), version(2)]);
    expect(calls.length).toBe(3);
  });

  test('without a number, or in a store that counts none, makes an answer be read anew', async () => {
    const { cache, lastCall } = createTestCache();
    const asked = cache.get(ann, laterExp);
    await passWindow();
    lastCall().answer(answered(1, 7));
    await asked;
    cache.invalidate(ann);
    expect(cache.peek(ann)).toBeUndefined();
    const again = cache.get(ann, laterExp);
    await passWindow();
    lastCall().answerFound({ ann: claimsOf('ann', 2) });
    await again;
    cache.invalidate(ann, 1);
    expect(cache.peek(ann)).toBeUndefined();
  });

  test.each([
    ['contains it is taken by whoever waits for it', 8, 1, 1],
    ['does not contain it is asked for again', 7, 2, 2],
  ])('during a call: an answer that %s', async (_what, revision, expected, callCount) => {
    const { cache, calls, lastCall } = createTestCache();
    const before = cache.get(ann, laterExp);
    await passWindow();
    cache.invalidate(ann, 8);
    lastCall().answer(answered(1, revision));
    await passWindow();
    if (calls.length === 2) lastCall().answer(answered(2, 8));
    expect(await before).toMatchObject(version(expected));
    expect(calls.length).toBe(callCount);
  });
});
