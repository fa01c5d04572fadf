import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Subject, toSubjectKey } from '../../src/token/principal.ts';
import { createTestCache, laterExp, passSeconds, passWindow, start, stopTime } from './createTestCache.ts';
import { answerAtOnce, claimsOf, machine, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

test('what is remembered is given at once; what is not is not asked for', async () => {
  const { cache, calls, lastCall } = createTestCache();
  expect(cache.peek(user('ann'))).toBeUndefined();
  expect(calls).toEqual([]);
  const ann = cache.get(user('ann'), laterExp);
  await passWindow();
  expect(cache.peek(user('ann'))).toBeUndefined();
  lastCall().answerFound({ ann: claimsOf('ann') });
  const settled = await ann;
  cache.peek(user('ann'))?.asOf.setTime(0);
  expect(cache.peek(user('ann'))).toEqual(settled);
  cache.invalidate(user('ann'));
  expect(cache.peek(user('ann'))).toBeUndefined();
});

describe('an answer', () => {
  test('carries the claims and the moment before the source was asked', async () => {
    const { cache, lastCall } = createTestCache();
    const ann = cache.get(user('ann'), laterExp);
    await passWindow();
    await passSeconds(1);
    lastCall().answerFound({ ann: claimsOf('ann') });
    expect(await ann).toEqual({ state: 'found', claims: claimsOf('ann'), asOf: new Date(start + 5) });
  });

  test('says that there is no business record when the source has no entry', async () => {
    const { cache, lastCall } = createTestCache();
    const ann = cache.get(user('ann'), laterExp);
    await passWindow();
    lastCall().answerFound({});
    expect(await ann).toEqual({ state: 'absent', asOf: new Date(start + 5) });
  });

  test('cannot be changed by one caller for another', async () => {
    const given = { owner: 'ann', version: 1, regions: ['USA'] };
    const { cache, lastCall } = createTestCache();
    const first = cache.get(user('ann'), laterExp);
    await passWindow();
    lastCall().answerFound({ ann: given });
    const settled = await first;
    settled.asOf.setTime(0);
    expect(() => given.regions.push('ASIA')).toThrow(TypeError);
    expect(() => Object.assign(given, { version: 2 })).toThrow(TypeError);
    expect(await cache.get(user('ann'), laterExp)).toEqual({
      state: 'found',
      claims: { owner: 'ann', version: 1, regions: ['USA'] },
      asOf: new Date(start + 5),
    });
  });

  test('is asked for with the identity and nothing else of the principal', async () => {
    const { cache, lastCall } = createTestCache({}, answerAtOnce);
    const principal = { ...user('ann'), clientId: 'spa', scopes: new Set(['admin']), expiresAt: laterExp };
    await Promise.all([cache.get(principal, laterExp), passWindow()]);
    expect(lastCall().subjects).toEqual([user('ann')]);
  });
});

describe('an answer is remembered', () => {
  /** Asks at the start, again shortly before the given moment, and again at it; gives the calls after each. */
  async function callsAround(
    seconds: number,
    exp: number,
    options: Parameters<typeof createTestCache>[0] = {},
    name = 'ann',
  ) {
    const { cache, calls } = createTestCache({ batchWindowMs: 0, ...options }, answerAtOnce);
    const counts: number[] = [];
    for (const pause of [0, seconds - 0.001, 0.001]) {
      await passSeconds(pause);
      await Promise.all([cache.get(user(name), exp), passSeconds(0)]);
      counts.push(calls.length);
    }
    return counts;
  }

  test.each([
    ['for its time to live', 30, laterExp, {}, 'ann'],
    ['for its shorter time to live when there is no business record', 5, laterExp, {}, 'unknown'],
    ['no longer than the token that loaded it', 7, start / 1000 + 7, {}, 'ann'],
    ['no longer than that token when there is no business record', 2, start / 1000 + 2, {}, 'unknown'],
    ['for its whole life when the jitter draws nothing', 30, laterExp, { jitter: 0.5, random: () => 0 }, 'ann'],
    ['for a life shortened by what the jitter draws', 22.5, laterExp, { jitter: 0.5, random: () => 0.5 }, 'ann'],
    ['for the negative life shortened likewise', 4, laterExp, { jitter: 0.4, random: () => 0.5 }, 'unknown'],
  ])('%s', async (_name, seconds, exp, options, name) => {
    expect(await callsAround(seconds, exp, options, name)).toEqual([1, 1, 2]);
  });

  test('for ten per cent less at most, unless told otherwise', async () => {
    const { cache, calls } = createTestCache(
      { batchWindowMs: 0, jitter: 0.1, ttlSeconds: 100, maxBatchSize: 1000 },
      answerAtOnce,
    );
    const names = Array.from({ length: 500 }, (_, n) => `user-${n}`);
    const askAll = async () => {
      const all = Promise.all(names.map((name) => cache.get(user(name), laterExp)));
      await passSeconds(0);
      await all;
    };
    await askAll();
    await passSeconds(89.999);
    await askAll();
    expect(calls.length).toBe(1);
    await passSeconds(5);
    await askAll();
    const expired = calls[1]?.names.length ?? 0;
    expect(expired).toBeGreaterThan(0);
    expect(expired).toBeLessThan(names.length);
    await passSeconds(95.1);
    await askAll();
    expect(calls[2]?.names.length).toBeGreaterThanOrEqual(names.length - expired);
  });

  test('from the moment before the source was asked, however long it took', async () => {
    const { cache, calls, lastCall } = createTestCache({ batchWindowMs: 0, ttlSeconds: 3, timeoutMs: 60_000 });
    const first = cache.get(user('ann'), laterExp);
    await passSeconds(2);
    lastCall().answerFound({ ann: claimsOf('ann') });
    await first;
    await passSeconds(1);
    void cache.get(user('ann'), laterExp).catch(() => {});
    await passSeconds(0);
    expect(calls.length).toBe(2);
    cache.close();
  });

  test.each([
    ['an answer older than its time to live', 10, laterExp],
    ['an answer for an expired token', 0, start / 1000 - 3],
    ['an answer for a token without a usable exp', 0, Number.NaN],
  ])('never: %s', async (_name, answerAfterSeconds, exp) => {
    const { cache, calls, lastCall } = createTestCache({ batchWindowMs: 0, ttlSeconds: 10, timeoutMs: 60_000 });
    for (const count of [1, 2]) {
      const ann = cache.get(user('ann'), exp);
      await passSeconds(answerAfterSeconds);
      lastCall().answerFound({ ann: claimsOf('ann') });
      expect(await ann).toMatchObject({ state: 'found' });
      expect(calls.length).toBe(count);
    }
  });

  test('never for a call that came when the load was already older than its time to live', async () => {
    const { cache, calls } = createTestCache({
      batchWindowMs: 0,
      ttlSeconds: 1,
      negativeTtlSeconds: 1,
      timeoutMs: 60_000,
    });
    const first = cache.get(user('ann'), laterExp);
    await passSeconds(1);
    const second = cache.get(user('ann'), laterExp);
    await passSeconds(0.001);
    const third = cache.get(user('ann'), laterExp);
    calls[0]?.answerFound({ ann: claimsOf('ann', 1) });
    await passSeconds(0);
    calls[1]?.answerFound({ ann: claimsOf('ann', 2) });
    expect(await Promise.all([first, second, third])).toMatchObject([
      { claims: { version: 1 } },
      { claims: { version: 1 } },
      { claims: { version: 2 } },
    ]);
  });

  test('no more after the clock was set back behind it', async () => {
    const { cache, calls } = createTestCache({ batchWindowMs: 0 }, answerAtOnce);
    await Promise.all([cache.get(user('ann'), laterExp), passSeconds(0)]);
    vi.setSystemTime(start - 1000);
    await Promise.all([cache.get(user('ann'), laterExp), passSeconds(0)]);
    expect(calls.length).toBe(2);
  });

  test('as found, as soon as a business record has replaced none', async () => {
    const { cache, lastCall } = createTestCache({ batchWindowMs: 0 });
    for (const claimsByName of [{}, { ann: claimsOf('ann') }]) {
      const ann = cache.get(user('ann'), laterExp);
      await passSeconds(0);
      lastCall().answerFound(claimsByName);
      await ann;
      if (!('ann' in claimsByName)) await passSeconds(5);
    }
    expect(await cache.get(user('ann'), laterExp)).toMatchObject({ state: 'found' });
  });
});

describe('the memory is bounded', () => {
  /** Asks for each name in turn and gives how often the source was called for them. */
  async function ask({ cache, calls }: ReturnType<typeof createTestCache>, names: readonly string[]) {
    const before = calls.length;
    for (const name of names) await Promise.all([cache.get(user(name), laterExp), passSeconds(0)]);
    return calls.length - before;
  }
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

  test('the answer unused for longest goes first', async () => {
    const full = createTestCache({ batchWindowMs: 0, maxEntries: 3 }, answerAtOnce);
    await ask(full, ['ann', 'bob', 'cid', 'ann', 'dan']);
    expect(await ask(full, ['ann', 'cid', 'dan'])).toBe(0);
    expect(await ask(full, ['bob'])).toBe(1);
  });

  test('a flood of subjects without a business record pushes out none that has one', async () => {
    const full = createTestCache({ batchWindowMs: 0, maxEntries: 100 }, answerAtOnce);
    const hot = many('hot', 100);
    await ask(full, hot);
    expect(await ask(full, many('unknown', 1000))).toBe(1000);
    expect(await ask(full, hot)).toBe(0);
  });

  test('a tenth as many answers without a business record are remembered besides', async () => {
    const full = createTestCache({ batchWindowMs: 0, maxEntries: 100 }, answerAtOnce);
    const unknown = many('unknown', 11);
    await ask(full, unknown);
    expect(await ask(full, unknown.slice(1))).toBe(0);
    expect(await ask(full, unknown.slice(0, 1))).toBe(1);
  });
});

describe('identities are kept apart', () => {
  test('a user and a machine with the same subject, and equal subjects of two issuers', async () => {
    const { cache, lastCall } = createTestCache();
    const identities = [user('same'), machine('same'), { ...user('same'), issuer: 'https://other.example' }];
    const answers = Promise.all(identities.map((who) => cache.get(who, laterExp)));
    await passWindow();
    expect(lastCall().subjects).toEqual(identities);
    lastCall().answer(new Map([[toSubjectKey(user('same')), claimsOf('the user')]]));
    expect((await answers).map(({ state }) => state)).toEqual(['found', 'absent', 'absent']);
  });

  test.each([
    ['a user and a machine', [user('same'), machine('same')]],
    ['one subject in two tenants', ['acme', 'globex'].map((tenant) => ({ ...user('same'), tenant }))],
    ['one subject with a tenant and without', [user('same'), { ...user('same'), tenant: 'acme' }]],
  ])('10,000 interleaved calls cross nothing: %s', async (_, principals) => {
    let version = 0;
    const { cache, calls } = createTestCache({ ttlSeconds: 0.01, maxBatchSize: 2 }, (call) => {
      version += 1;
      const claimsBySubject = new Map(
        call.subjects.map((who) => [toSubjectKey(who), claimsOf(toSubjectKey(who), version)]),
      );
      // Answers overtake each other: some at once, some later.
      setTimeout(() => call.answer(claimsBySubject), (version * 7) % 20);
    });
    const crossed: unknown[] = [];
    const ask = async (who: Subject) => {
      const settled = await cache.get(who, laterExp);
      if (settled.state === 'absent' || settled.claims.owner !== toSubjectKey(who)) crossed.push({ who, settled });
    };
    const asked: Promise<void>[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      const who = principals[(n * 7 + (n >> 3)) % 2] ?? user('same');
      asked.push(ask(who));
      if (n % 997 === 0) cache.invalidate(who);
      if (n % 10 === 0) await passSeconds(0.001);
    }
    await passSeconds(10);
    await Promise.all(asked);
    expect(crossed).toEqual([]);
    expect(calls.length).toBeGreaterThan(50);
  });
});
