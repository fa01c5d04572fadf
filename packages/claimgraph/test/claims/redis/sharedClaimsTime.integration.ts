import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClaimsUnavailableError } from '../../../src/errors.ts';
import { user } from '../recordingSource.ts';
import { createFakeRedis, type FakeRedis } from './fakeRedis.ts';
import { createNode, createTruth, farExp, type NodeOptions, type Truth } from './nodes.ts';

let redis: FakeRedis;
let truth: Truth;
beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01'), toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  redis = createFakeRedis();
  truth = createTruth();
});
afterEach(() => {
  vi.useRealTimers();
});

const minutes = 60_000;
const startNode = (override: Partial<NodeOptions> = {}) => createNode({ redis, truth, ...override });

/** A process whose clock is wrong by so much. */
const startSkewed = (skewMs: number, override: Partial<NodeOptions> = {}) =>
  startNode({ ...override, caching: { now: () => Date.now() + skewMs, ...override.caching } });

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** The answer once timers have done their part. */
async function given<Result>(call: Promise<Result>): Promise<Result> {
  await pass(0);
  return call;
}

describe('how old an answer is', () => {
  test.each([
    ['agree', 0, 0, 0],
    ['differ by minutes', 3 * minutes, -1 * minutes, 0],
    ['differ from that of Redis by years', 0, 0, 1_000_000 * minutes],
    ['all differ', -2 * minutes, 2 * minutes, -7 * minutes],
  ])('is known wherever it is found, when clocks %s', async (_how, writerSkew, readerSkew, redisSkew) => {
    redis.skewMs = redisSkew;
    const began = Date.now();
    await given(startSkewed(writerSkew).ask('ann'));
    await pass(12_000);
    const reader = startSkewed(readerSkew);
    const found = await given(reader.cache.get(user('ann'), farExp + 1e9));
    expect(found.asOf.getTime() - readerSkew).toBe(began);
    expect(reader.calls).toEqual([]);

    // What is left of its life is all that the reader remembers it for.
    await pass(17_999);
    expect(reader.cache.peek(user('ann'))).toBeDefined();
    await pass(1);
    expect(reader.cache.peek(user('ann'))).toBeUndefined();
    await given(reader.ask('ann'));
    expect(reader.namesAsked()).toEqual(['ann']);
  });

  test('counts from before the source was asked, however slowly it and Redis answer', async () => {
    const slow = startNode({ answers: 'when told' });
    const asked = slow.ask('ann');
    await pass(0);
    const began = Date.now();
    await pass(8_000);
    const letThrough = redis.holdBack('write');
    slow.calls[0]?.answer(truth.answerTo(['ann']));
    await asked;
    await pass(9_000);
    letThrough();
    await pass(0);
    const found = await given(startNode().cache.get(user('ann'), farExp));
    expect(found.asOf.getTime()).toBe(began);
    await pass(13_000);
    const late = startNode();
    await given(late.ask('ann'));
    expect(late.namesAsked()).toEqual(['ann']);
  });

  test('of a write that arrives after the life of its value leaves nothing', async () => {
    const node = startNode();
    const letThrough = redis.holdBack('write');
    await given(node.ask('ann'));
    await pass(30_000);
    letThrough();
    await pass(0);
    expect(await redis.raw.keys()).toEqual([]);
  });

  test('is judged by the shorter of two lives, where processes are configured differently', async () => {
    await given(startNode().ask('ann'));
    await pass(10_000);
    const strict = startNode({ caching: { ttlSeconds: 10 } });
    await given(strict.ask('ann'));
    expect(strict.namesAsked()).toEqual(['ann']);
  });

  test('leaves enough of a life for whoever finds it to remember it', async () => {
    await given(startNode({ caching: { jitter: 0.1 } }).ask('ann'));
    await pass(26_999);
    const reader = startNode({ caching: { jitter: 0.1, random: () => 0.999 } });
    await given(reader.ask('ann'));
    expect(reader.calls).toEqual([]);
    expect(reader.cache.peek(user('ann'))).toBeDefined();
    await pass(1);
    const late = startNode({ caching: { jitter: 0.1 } });
    await given(late.ask('ann'));
    expect(late.namesAsked()).toEqual(['ann']);
  });

  test('of no business record ends after its own, shorter life', async () => {
    await given(startNode().ask('unknown'));
    await pass(4_999);
    const found = startNode();
    await given(found.ask('unknown'));
    expect(found.calls).toEqual([]);
    await pass(1);
    const late = startNode();
    await given(late.ask('unknown'));
    expect(late.namesAsked()).toEqual(['unknown']);
  });
});

describe('an old value cannot be kept alive', () => {
  test('by a Redis that gives it to those who have heard of a change', async () => {
    await given(startNode().ask('ann'));
    const [key = ''] = await redis.raw.keys();
    const value = await redis.raw.get(key);
    const node = startNode();
    node.cache.invalidate(user('ann'), truth.change('ann'));
    redis.trouble = { reply: [Date.now(), value] };
    expect(await given(node.ask('ann'))).toBe(2);
  });

  test('by writing it again, with or without an end', async () => {
    await given(startNode().ask('ann'));
    const [key = ''] = await redis.raw.keys();
    const value = (await redis.raw.get(key)) ?? '';
    truth.change('ann');
    await pass(29_999);
    await redis.raw.set(key, value);
    const early = startNode();
    expect(await given(early.ask('ann'))).toBe(1);
    await pass(1);
    const node = startNode();
    expect(await given(node.ask('ann'))).toBe(2);
    await redis.raw.set(key, value);
    expect(await given(startNode().ask('ann'))).toBe(2);
  });

  test('by a Redis that sets its clock back, for longer than clocks may differ', async () => {
    await given(startNode({ sharing: { clockSkewMs: 1 * minutes } }).ask('ann'));
    truth.change('ann');
    redis.skewMs = -1 * minutes;
    await pass(1 * minutes);
    // As old as 0 s by the clock of Redis, and in truth one minute.
    const within = startNode({ sharing: { clockSkewMs: 1 * minutes } });
    expect(await given(within.ask('ann'))).toBe(1);
    redis.skewMs -= 1;
    await pass(1);
    const beyond = startNode({ sharing: { clockSkewMs: 1 * minutes } });
    expect(await given(beyond.ask('ann'))).toBe(2);
  });

  test('by a Redis whose clock is before the value', async () => {
    await given(startNode().ask('ann'));
    redis.skewMs = -1;
    const node = startNode();
    await given(node.ask('ann'));
    expect(node.namesAsked()).toEqual(['ann']);
  });
});

test('clocks that differ by more than they may share nothing, and nobody is refused', async () => {
  await given(startSkewed(6 * minutes).ask('ann'));
  const node = startNode();
  expect(await given(node.ask('ann'))).toBe(1);
  expect(node.namesAsked()).toEqual(['ann']);
});

describe('a floor', () => {
  test('is kept as long as a value from before the change may live', async () => {
    const slow = startNode({ answers: 'when told' });
    const old = slow.ask('ann');
    await pass(0);
    const stale = truth.answerTo(['ann']);
    const node = startNode();
    node.cache.invalidate(user('ann'), truth.change('ann'));
    slow.calls[0]?.answer(stale);
    await given(old);
    await pass(29_999);
    expect(await given(node.ask('ann'))).toBe(2);
    expect(node.namesAsked()).toEqual(['ann']);
  });

  test('of an unknown revision ends after the same time', async () => {
    const node = startNode();
    node.cache.invalidate(user('ann'));
    await pass(29_999);
    await given(startNode().ask('ann'));
    await given(node.ask('ann'));
    expect(node.shared.counts().invalidated).toBe(1);
    node.cache.invalidate(user('bob'));
    await pass(30_000);
    await given(node.ask('bob'));
    expect(node.shared.counts().invalidated).toBe(1);
  });
});

describe('a Redis that does not do its part', () => {
  const ways: readonly [string, FakeRedis['trouble']][] = [
    ['is not there', { error: new Error("Stream isn't writeable and enableOfflineQueue options is false") }],
    ['is full', { error: new Error('OOM command not allowed') }],
    ['refuses', { error: new Error('NOPERM this user has no permissions') }],
    ['gives nothing', { reply: null }],
    ['gives too little', { reply: [Date.now()] }],
    ['tells no time', { reply: ['x', 1] }],
    ['gives an object', { reply: { claims: { role: 'admin' } } }],
    ['gives numbers', { reply: [1_800_000_000_000, 7] }],
    ['gives values of its own', { reply: [1_800_000_000_000, 'admin admin'] }],
    ['gives odd entries', { reply: [1_800_000_000_000, { value: 1 }] }],
  ];
  test.each(ways)('%s: the source is asked', async (_way, trouble) => {
    redis.trouble = trouble;
    const node = startNode();
    expect(await given(node.ask('ann'))).toBe(1);
    expect(await given(node.ask('unknown'))).toBe('none');
  });

  test('is silent: the source is asked after the time of a command, and no longer waited for after three', async () => {
    redis.trouble = 'silence';
    const node = startNode({ sharing: { timeoutMs: 100 } });
    for (const name of ['ann', 'bob', 'cid']) {
      const asked = node.ask(name);
      await pass(100);
      expect(await asked).toBe(1);
    }
    expect(node.events).toEqual(['reading fails TIMEOUT']);
    expect(await given(node.ask('dan'))).toBe(1);
    expect(redis.commands).toEqual(['read', 'read', 'read']);

    // It is tried again after a second, by one question.
    await pass(1_000);
    const probing = node.ask('eve');
    await pass(99);
    expect(await given(node.ask('fay'))).toBe(1);
    await pass(1);
    expect(await probing).toBe(1);
    redis.trouble = undefined;
    await pass(1_000);
    await given(node.ask('gil'));
    expect(node.events).toEqual(['reading fails TIMEOUT', 'reading works undefined']);
    expect(redis.commands.slice(3)).toEqual(['read', 'read', 'write']);
  });

  test('leaves the source half of the time that claims may take', async () => {
    redis.trouble = 'silence';
    const node = startNode({ sharing: { timeoutMs: 10_000 }, caching: { timeoutMs: 400 } });
    const asked = node.ask('ann');
    await pass(100);
    expect(await asked).toBe(1);
  });

  test('is asked by nobody after the cache is closed', async () => {
    const node = startNode();
    node.cache.close();
    await expect(node.ask('ann')).rejects.toThrow(ClaimsUnavailableError);
    node.cache.invalidate(user('ann'));
    await pass(10);
    expect(redis.commands).toEqual([]);
  });
});

describe('a lease', () => {
  test('that nobody gives back is waited for no longer than it lasts', async () => {
    await given(startNode({ sharing: { leaseMs: 200 } }).ask('ann'));
    const [key = ''] = await redis.raw.keys();
    await redis.raw.makeList(key);
    await redis.raw.set(`${key}:lease`, 'forged');
    const node = startNode({ sharing: { leaseMs: 200 } });
    const asked = node.ask('ann');
    await pass(200);
    expect(await asked).toBe(1);
    expect(node.shared.counts().lockTimeouts).toBe(1);
    expect(redis.commands.length).toBeLessThan(12);
  });

  test('does not keep its own process from asking again after a change', async () => {
    const node = startNode({ answers: 'when told' });
    const asked = node.ask('ann');
    await pass(0);
    node.cache.invalidate(user('ann'), truth.change('ann'));
    const askedAnew = node.ask('ann');
    await pass(0);
    node.calls[1]?.answer(truth.answerTo(['ann']));
    expect(await given(askedAnew)).toBe(2);
    node.calls[0]?.answer(truth.answerTo(['ann']));
    expect(await given(asked)).toBe(2);
  });

  test('of one process is not given back by another', async () => {
    const slow = startNode({ answers: 'when told', sharing: { leaseMs: 200 } });
    const first = slow.ask('ann');
    await pass(0);
    const impatient = startNode({ sharing: { leaseMs: 50 } });
    const second = impatient.ask('ann');
    await pass(60);
    expect(await second).toBe(1);
    expect((await redis.raw.keys()).filter((key) => key.endsWith(':lease'))).toHaveLength(1);
    slow.calls[0]?.answer(truth.answerTo(['ann']));
    await given(first);
    expect((await redis.raw.keys()).filter((key) => key.endsWith(':lease'))).toEqual([]);
  });
});
