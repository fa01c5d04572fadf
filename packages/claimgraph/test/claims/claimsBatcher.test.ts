import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClaimsUnavailableError } from '../../src/errors.ts';
import { createTestCache, laterExp, passSeconds, passWindow, stopTime } from './createTestCache.ts';
import { answerAtOnce, claimsOf, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const many = (count: number) => Array.from({ length: count }, (_, n) => `user-${n}`);

describe('questions share calls', () => {
  test('fifty cold users at once are one call, and each gets their own claims', async () => {
    const { cache, calls } = createTestCache({}, answerAtOnce);
    const names = many(50);
    const all = Promise.all(names.map((name) => cache.get(user(name), laterExp)));
    await passWindow();
    expect((await all).map((settled) => settled.state === 'found' && settled.claims)).toEqual(
      names.map((name) => claimsOf(name)),
    );
    expect(calls.map((call) => call.names)).toEqual([names]);
  });

  test('fifty questions about one user are one question, while it waits and while it is under way', async () => {
    const { cache, calls, lastCall } = createTestCache();
    const early = Array.from({ length: 25 }, () => cache.get(user('ann'), laterExp));
    await passWindow();
    const late = Array.from({ length: 25 }, () => cache.get(user('ann'), laterExp));
    await passWindow();
    lastCall().answerFound({ ann: claimsOf('ann') });
    expect(
      new Set((await Promise.all([...early, ...late])).map((settled) => settled.state === 'found' && settled.claims))
        .size,
    ).toBe(1);
    expect(calls.map((call) => call.names)).toEqual([['ann']]);
  });

  test('a question within the window joins the call, one after it starts another', async () => {
    const { cache, calls } = createTestCache({ batchWindowMs: 10 }, answerAtOnce);
    const asked = [cache.get(user('ann'), laterExp)];
    await passSeconds(0.009);
    asked.push(cache.get(user('bob'), laterExp));
    await passSeconds(0.001);
    asked.push(cache.get(user('cid'), laterExp));
    await passSeconds(0.01);
    await Promise.all(asked);
    expect(calls.map((call) => call.names)).toEqual([['ann', 'bob'], ['cid']]);
  });

  test('a full batch leaves at once and the rest waits for its window', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 3 }, answerAtOnce);
    const all = Promise.all(many(7).map((name) => cache.get(user(name), laterExp)));
    await passSeconds(0);
    expect(calls.map((call) => call.names.length)).toEqual([3, 3]);
    await passWindow();
    await all;
    expect(calls.map((call) => call.names.length)).toEqual([3, 3, 1]);
  });

  test('a question after a full batch has a whole window of its own', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 2 }, answerAtOnce);
    const asked = [cache.get(user('ann'), laterExp)];
    await passSeconds(0.004);
    asked.push(cache.get(user('bob'), laterExp), cache.get(user('cid'), laterExp));
    await passSeconds(0.004);
    expect(calls.map((call) => call.names)).toEqual([['ann', 'bob']]);
    await passSeconds(0.001);
    await Promise.all(asked);
    expect(calls.map((call) => call.names)).toEqual([['ann', 'bob'], ['cid']]);
  });

  test('a call that ends does not cut an open window short', async () => {
    const { cache, calls, lastCall } = createTestCache();
    const ann = cache.get(user('ann'), laterExp);
    await passWindow();
    const bob = cache.get(user('bob'), laterExp);
    lastCall().answerFound({ ann: claimsOf('ann') });
    await ann;
    await passSeconds(0);
    expect(calls.length).toBe(1);
    const cid = cache.get(user('cid'), laterExp);
    await passWindow();
    lastCall().answerFound({});
    await Promise.all([bob, cid]);
    expect(calls.map((call) => call.names)).toEqual([['ann'], ['bob', 'cid']]);
  });
});

describe('calls under way are limited', () => {
  test('four by default; meanwhile the others gather for the next call', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 10 });
    const asked: Promise<unknown>[] = [];
    for (const name of many(12)) {
      asked.push(cache.get(user(name), laterExp));
      await passWindow();
    }
    expect(calls.map((call) => call.names.length)).toEqual([1, 1, 1, 1]);
    calls[0]?.answerFound({});
    await passSeconds(0);
    expect(calls.map((call) => call.names.length)).toEqual([1, 1, 1, 1, 8]);
    for (const call of calls) call.answerFound({});
    await Promise.all(asked);
  });

  test('those who gathered are still split into batches of the right size', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 2, maxConcurrentBatches: 1 });
    const all = Promise.all(many(7).map((name) => cache.get(user(name), laterExp)));
    for (let n = 0; n < 4; n += 1) {
      await passWindow();
      expect(calls.length).toBe(n + 1);
      calls[n]?.answerFound({});
    }
    await all;
    expect(calls.map((call) => call.names.length)).toEqual([2, 2, 2, 1]);
  });

  test('a failed call makes room as an answered one does', async () => {
    const { cache, calls } = createTestCache({ maxConcurrentBatches: 1 });
    const ann = expect(cache.get(user('ann'), laterExp)).rejects.toThrow(ClaimsUnavailableError);
    await passWindow();
    const bob = cache.get(user('bob'), laterExp);
    await passWindow();
    calls[0]?.fail(new Error('down'));
    await ann;
    await passSeconds(0);
    calls[1]?.answerFound({});
    expect(await bob).toMatchObject({ state: 'absent' });
  });
});

describe('a slow source', () => {
  const timedOut = { name: 'ClaimsUnavailableError', message: expect.stringMatching(/\b2000 ms$/) };

  test('fails those who asked after the time-out, and its late answer is dropped', async () => {
    const { cache, calls } = createTestCache();
    const all = Promise.allSettled([cache.get(user('ann'), laterExp), cache.get(user('bob'), laterExp)]);
    await passSeconds(1.999);
    const joined = Promise.allSettled([cache.get(user('ann'), laterExp)]);
    await passSeconds(0.001);
    for (const outcome of [...(await all), ...(await joined)]) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: timedOut });
    }

    calls[0]?.answerFound({ ann: claimsOf('ann', 1), bob: claimsOf('bob', 1) });
    const again = cache.get(user('ann'), laterExp);
    await passWindow();
    calls[1]?.answerFound({ ann: claimsOf('ann', 2) });
    expect(await again).toMatchObject({ claims: { version: 2 } });
  });

  test('fails those who wait for a call after the same time', async () => {
    const { cache, calls } = createTestCache({ maxConcurrentBatches: 1 });
    const ann = Promise.allSettled([cache.get(user('ann'), laterExp)]);
    await passSeconds(1);
    const bob = Promise.allSettled([cache.get(user('bob'), laterExp)]);
    const cid = Promise.allSettled([cache.get(user('cid'), laterExp)]);
    await passSeconds(1);
    expect((await ann)[0]).toMatchObject({ reason: timedOut });
    expect(calls.map((call) => call.names)).toEqual([['ann'], ['bob', 'cid']]);
    await passSeconds(1);
    expect((await bob)[0]).toMatchObject({ reason: timedOut });
    expect((await cid)[0]).toMatchObject({ reason: timedOut });
  });

  test('that never answers does not keep later calls from being made', async () => {
    const { cache, calls } = createTestCache({ maxConcurrentBatches: 1 });
    const ann = Promise.allSettled([cache.get(user('ann'), laterExp)]);
    await passSeconds(2);
    await ann;
    const bob = cache.get(user('bob'), laterExp);
    await passWindow();
    calls[1]?.answerFound({ bob: claimsOf('bob') });
    expect(await bob).toMatchObject({ state: 'found' });
  });

  test('is not asked about somebody who has given up waiting', async () => {
    const { cache, calls } = createTestCache({ maxConcurrentBatches: 1, batchWindowMs: 3000 });
    await Promise.all([expect(cache.get(user('ann'), laterExp)).rejects.toMatchObject(timedOut), passSeconds(4)]);
    expect(calls.length).toBe(0);
  });
});

describe('closing', () => {
  const closed = { name: 'ClaimsUnavailableError', message: expect.stringContaining('closed') };

  test('fails what waits, what is under way and what comes later, and leaves no timer behind', async () => {
    const { cache, calls } = createTestCache();
    const underWay = cache.get(user('ann'), laterExp);
    await passWindow();
    const waiting = cache.get(user('bob'), laterExp);
    cache.close();
    await expect(underWay).rejects.toMatchObject(closed);
    await expect(waiting).rejects.toMatchObject(closed);
    await expect(cache.get(user('cid'), laterExp)).rejects.toMatchObject(closed);
    expect(vi.getTimerCount()).toBe(0);
    expect(calls.length).toBe(1);
  });

  test('fails also what was remembered', async () => {
    const { cache } = createTestCache({}, answerAtOnce);
    await Promise.all([cache.get(user('ann'), laterExp), passWindow()]);
    cache.close();
    await expect(cache.get(user('ann'), laterExp)).rejects.toMatchObject(closed);
  });
});
