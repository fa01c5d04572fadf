import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimsCacheOptions } from '../../src/claims/claimsCacheOptions.ts';
import { createTestCache, laterExp, passSeconds, passWindow, start, stopTime } from './createTestCache.ts';
import { answerAtOnce, claimsOf, type TestClaims, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const ann = user('ann');
const down = new Error('connection refused');
const ttlSeconds = 30;
const staleIfErrorSeconds = 60;

/** A cache that knows of ann as of the start, and whose source is down from then on. */
async function createCacheInOutage(override: Partial<ClaimsCacheOptions<TestClaims>> = {}, exp = laterExp) {
  let mood: 'up' | 'down' | 'hanging' = 'up';
  const made = createTestCache({ ttlSeconds, staleIfErrorSeconds, ...override }, (call) => {
    if (mood === 'up') answerAtOnce(call);
    if (mood === 'down') call.fail(down);
  });
  await Promise.all([made.cache.get(ann, exp), passWindow()]);
  mood = 'down';
  return {
    ...made,
    turn: (next: typeof mood) => {
      mood = next;
    },
  };
}

/** What comes of a question while a batch window passes; `waiting` when nothing does. */
async function ask({ cache }: Pick<ReturnType<typeof createTestCache>, 'cache'>, exp = laterExp): Promise<unknown> {
  const outcome = cache.get(ann, exp).then(
    (settled) => ({ ...settled, asOf: settled.asOf.getTime() - start }),
    (error: unknown) => error,
  );
  await passWindow();
  return Promise.race([outcome, passSeconds(0).then(() => 'waiting')]);
}

const stale = {
  state: 'found',
  claims: claimsOf('ann'),
  asOf: 5,
  stale: expect.objectContaining({ code: 'CLAIMS_UNAVAILABLE', cause: down }),
};
const unavailable = { code: 'CLAIMS_UNAVAILABLE' };

describe('while the source fails, claims that have outlived their time', () => {
  test('are given as stale, with the failure and the moment that they are of', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    expect(await ask(outage)).toEqual(stale);
  });

  test('are not given unless the policy says so', async () => {
    const outage = await createCacheInOutage({ staleIfErrorSeconds: 0 });
    await passSeconds(ttlSeconds);
    expect(await ask(outage)).toMatchObject(unavailable);
  });

  test('are not given without such a policy when jitter has made their life shorter', async () => {
    const outage = await createCacheInOutage({ staleIfErrorSeconds: 0, jitter: 0.5, random: () => 0.99 });
    await passSeconds(ttlSeconds / 2 + 1);
    expect(await ask(outage)).toMatchObject(unavailable);
  });

  test('are not given any more when the policy ends', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds + staleIfErrorSeconds - 0.006);
    expect(await ask(outage)).toEqual(stale);
    await passSeconds(0.006);
    expect(await ask(outage)).toMatchObject(unavailable);
  });

  test('are not given beyond the exp of the token that they were loaded for', async () => {
    const outage = await createCacheInOutage({}, start / 1000 + 40);
    await passSeconds(39);
    expect(await ask(outage)).toEqual(stale);
    await passSeconds(1);
    expect(await ask(outage)).toMatchObject(unavailable);
  });

  test('are not given to a caller whose own token is over', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    expect(await ask(outage, start / 1000 + 29)).toMatchObject(unavailable);
    expect(await ask(outage)).toEqual(stale);
  });

  test('are not given when the clock was set back behind them', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    expect(await ask(outage)).toEqual(stale);
    vi.setSystemTime(start - 1);
    expect(await ask(outage)).toMatchObject(unavailable);
  });

  test('are dropped when the source says that there is no business record', async () => {
    const { cache, calls } = createTestCache({ ttlSeconds, staleIfErrorSeconds });
    const first = ask({ cache });
    await passWindow();
    calls[0]?.answerFound({ ann: claimsOf('ann') });
    await first;
    await passSeconds(ttlSeconds);
    const second = ask({ cache });
    await passWindow();
    calls[1]?.answerFound({});
    expect(await cache.get(ann, laterExp)).toMatchObject({ state: 'absent' });
    await second;
    await passSeconds(5);
    const third = cache.get(ann, laterExp).catch((error: unknown) => error);
    await passWindow();
    calls[2]?.fail(down);
    expect(await third).toMatchObject(unavailable);
  });

  test('are given by nobody who only peeks', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    await ask(outage);
    expect(outage.cache.peek(ann)).toBeUndefined();
  });
});

describe('what was known before an invalidation is never given as stale', () => {
  test.each([
    ['of the subject', (cache: ReturnType<typeof createTestCache>['cache']) => cache.invalidate(ann)],
    ['of all', (cache: ReturnType<typeof createTestCache>['cache']) => cache.invalidateAll()],
  ])('%s: before the load, while it is under way, and while stale claims are given', async (_of, invalidate) => {
    const before = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    invalidate(before.cache);
    expect(await ask(before)).toMatchObject(unavailable);

    const during = await createCacheInOutage();
    during.turn('hanging');
    await passSeconds(ttlSeconds);
    const asked = during.cache.get(ann, laterExp).catch((error: unknown) => error);
    await passWindow();
    invalidate(during.cache);
    during.lastCall().fail(down);
    expect(await asked).toMatchObject(unavailable);

    const after = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    expect(await ask(after)).toEqual({ ...stale, asOf: expect.any(Number) });
    invalidate(after.cache);
    expect(await ask(after)).toMatchObject(unavailable);
  });
});

describe('a source that fails', () => {
  test('is not asked again within a second', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    await ask(outage);
    expect(outage.calls.length).toBe(2);
    await passSeconds(0.9);
    expect(await ask(outage)).toEqual(stale);
    expect(outage.calls.length).toBe(2);
    await passSeconds(0.1);
    expect(await ask(outage)).toEqual(stale);
    expect(outage.calls.length).toBe(3);
  });

  test('is waited for by one caller at a time, when it hangs', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    await ask(outage);
    outage.turn('hanging');
    await passSeconds(1);
    expect(await ask(outage)).toBe('waiting');
    expect([await ask(outage), await ask(outage)]).toEqual([stale, stale]);
    expect(outage.calls.length).toBe(3);
    outage.lastCall().answerFound({ ann: claimsOf('ann', 2) });
    await passSeconds(0);
    const answer = await ask(outage);
    expect(answer).toMatchObject({ claims: claimsOf('ann', 2) });
    expect(answer).not.toHaveProperty('stale');
    expect(outage.calls.length).toBe(3);
  });

  test('is believed again as soon as it answers', async () => {
    const outage = await createCacheInOutage();
    await passSeconds(ttlSeconds);
    await ask(outage);
    outage.turn('up');
    await passSeconds(1);
    expect(await ask(outage)).not.toHaveProperty('stale');
    outage.turn('down');
    await passSeconds(ttlSeconds);
    expect(await ask(outage)).toEqual({ ...stale, asOf: expect.any(Number) });
  });

  test('does not make the memory larger: what was pushed out is not given', async () => {
    const outage = await createCacheInOutage({ maxEntries: 1 });
    outage.turn('up');
    await Promise.all([outage.cache.get(user('bob'), laterExp), passWindow()]);
    outage.turn('down');
    await passSeconds(ttlSeconds);
    expect(await ask(outage)).toMatchObject(unavailable);
  });
});
