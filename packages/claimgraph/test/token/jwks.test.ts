import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AuthenticationUnavailableError, UnauthenticatedError } from '../../src/errors.ts';
import { createIssuerKeys, type IssuerKeys } from '../../src/token/jwks.ts';
import type { TrustedKey } from '../../src/token/parseJwks.ts';
import { testKey } from '../support/issueAccessToken.ts';
import { captureError } from './captureError.ts';

const first = (await testKey()).jwk;
const second = (await testKey('next')).jwk;
const down = new Error('the endpoint is down');

/** Keys whose endpoint answers what `answer` holds, with all time, the timers' too, in the hands of the test. */
function createWorld() {
  const world = {
    answer: { keys: [first] } as unknown,
    fetches: 0,
    accepted: [] as (readonly string[])[],
    failures: [] as unknown[],
    keys: undefined as unknown as IssuerKeys,
    passSeconds: (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000),
  };
  world.keys = createIssuerKeys({
    jwksUri: 'https://pool.example.com/jwks.json',
    fetchJwks: async () => {
      world.fetches += 1;
      const answer = await world.answer;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    refreshSeconds: 300,
    penaltySeconds: 10,
    now: Date.now,
    onKeys: (keys: readonly TrustedKey[]) => world.accepted.push(keys.map(({ kid }) => kid)),
    onFailure: (error) => world.failures.push(error),
  });
  return world;
}

describe('the keys of an issuer', () => {
  let world: ReturnType<typeof createWorld>;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    world = createWorld();
  });

  afterEach(() => {
    world.keys.close();
    vi.useRealTimers();
  });

  test('are ready once fetched', async () => {
    expect(world.keys.isReady()).toBe(false);

    await world.keys.start();

    expect(world.keys.isReady()).toBe(true);
    expect(world.accepted).toEqual([[first.kid]]);
    await expect(world.keys.requireKey(`${first.kid}`)).resolves.toBeUndefined();
    expect(world.fetches).toBe(1);
  });

  test('are refreshed on the timer: new keys come, missing ones go', async () => {
    await world.keys.start();
    world.answer = { keys: [second] };

    await world.passSeconds(299);
    expect(world.fetches).toBe(1);
    await world.passSeconds(1);
    expect(world.fetches).toBe(2);

    await world.keys.requireKey(`${second.kid}`);
    expect(world.fetches).toBe(2);
    expect(await captureError(() => world.keys.requireKey(`${first.kid}`))).toBeInstanceOf(UnauthenticatedError);
    await world.passSeconds(300);
    expect(world.accepted).toEqual([[first.kid], [second.kid], [second.kid], [second.kid]]);
  });

  test.each([
    ['fails', down],
    ['answers junk', 'junk'],
    ['answers no keys', { keys: [] }],
    ['answers a private key', { keys: [{ ...first, d: 'AQAB' }] }],
  ])('are the last good ones while the endpoint %s', async (_, answer) => {
    await world.keys.start();
    world.answer = answer;

    await world.passSeconds(300 + 10 + 10);

    expect(world.fetches).toBe(4);
    expect(world.failures).toHaveLength(3);
    expect(world.failures[0]).toBeInstanceOf(Error);
    expect(world.keys.isReady()).toBe(true);
    await world.keys.requireKey(`${first.kid}`);
    expect(world.accepted).toEqual([[first.kid]]);
  });

  test('are fetched again after each penalty when the start failed, and then at leisure', async () => {
    world.answer = down;
    await world.keys.start();
    expect(world.keys.isReady()).toBe(false);

    await world.passSeconds(20);
    expect(world.fetches).toBe(3);
    expect(world.failures).toEqual([down, down, down]);
    world.answer = { keys: [first] };
    await world.passSeconds(10);
    expect(world.keys.isReady()).toBe(true);
    await world.passSeconds(299);
    expect(world.fetches).toBe(4);
    await world.passSeconds(1);
    expect(world.fetches).toBe(5);
  });

  test('are asked for by requests once in a penalty after a failed fetch', async () => {
    world.answer = down;
    for (const { afterSeconds, fetches, retryAfterSeconds } of [
      { afterSeconds: 0, fetches: 1, retryAfterSeconds: 10 },
      { afterSeconds: 0, fetches: 1, retryAfterSeconds: 10 },
      { afterSeconds: 3.5, fetches: 1, retryAfterSeconds: 7 },
      { afterSeconds: 6.4, fetches: 1, retryAfterSeconds: 1 },
      { afterSeconds: 0.1, fetches: 2, retryAfterSeconds: 10 },
    ]) {
      await world.passSeconds(afterSeconds);
      const error = await captureError(() => world.keys.requireKey(`${first.kid}`));

      expect(error).toBeInstanceOf(AuthenticationUnavailableError);
      expect(error).toMatchObject({ retryAfterSeconds });
      expect(world.fetches).toBe(fetches);
    }
    world.answer = { keys: [first] };
    await world.passSeconds(10);
    await world.keys.requireKey(`${first.kid}`);
    expect(world.fetches).toBe(3);
  });

  test('are refreshed from the first request on where nobody has started that', async () => {
    await world.keys.requireKey(`${first.kid}`);
    world.answer = { keys: [second] };
    await world.passSeconds(300);
    expect(world.accepted).toEqual([[first.kid], [second.kid]]);
    expect(world.fetches).toBe(2);
  });

  test('are not asked for by the timer within a penalty that a request began', async () => {
    world.answer = down;
    await world.keys.start();
    await world.passSeconds(5);
    // Moves the clock and not the timer, which has 5 s left, so that the request comes first.
    vi.setSystemTime(Date.now() + 5_000);
    await captureError(() => world.keys.requireKey('unknown'));
    expect(world.fetches).toBe(2);

    await world.passSeconds(9.9);
    expect(world.fetches).toBe(2);
    await world.passSeconds(0.1);
    expect(world.fetches).toBe(3);
  });

  test('are asked for by unknown kids once in a penalty', async () => {
    await world.keys.start();
    for (const { afterSeconds, fetches } of [
      { afterSeconds: 0, fetches: 2 },
      { afterSeconds: 0, fetches: 2 },
      { afterSeconds: 9.9, fetches: 2 },
      { afterSeconds: 0.1, fetches: 3 },
      { afterSeconds: 5, fetches: 3 },
    ]) {
      await world.passSeconds(afterSeconds);
      const errors = await Promise.all(
        Array.from({ length: 20 }, (_, index) => captureError(() => world.keys.requireKey(`unknown${index}`))),
      );

      for (const error of errors) expect(error).toBeInstanceOf(UnauthenticatedError);
      expect(world.fetches).toBe(fetches);
    }
  });

  test('that rotate are found at once, twice in a row, without a penalty', async () => {
    await world.keys.start();
    world.answer = { keys: [second] };
    await world.keys.requireKey(`${second.kid}`);
    world.answer = { keys: [first] };
    await world.keys.requireKey(`${first.kid}`);

    expect(world.fetches).toBe(3);
  });

  test('have one timer, however often they are started', async () => {
    await world.keys.start();
    await world.passSeconds(100);
    await world.keys.start();

    await world.passSeconds(299);
    expect(world.fetches).toBe(2);
    await world.passSeconds(1);
    expect(world.fetches).toBe(3);
  });

  test('are fetched by one at a time, whoever asks', async () => {
    const { promise, resolve } = withResolvers();
    world.answer = promise;
    const all = [
      world.keys.start(),
      ...Array.from({ length: 50 }, () => world.keys.requireKey(`${first.kid}`)),
      world.keys.start(),
    ];
    resolve({ keys: [first] });
    await Promise.all(all);

    expect(world.fetches).toBe(1);
  });

  test('are not out of reach for long when the clock is set back', async () => {
    await world.keys.start();
    await captureError(() => world.keys.requireKey('unknown'));
    vi.setSystemTime(Date.now() - 3_600_000);

    await captureError(() => world.keys.requireKey('unknown'));
    expect(world.fetches).toBe(3);
  });

  test('are left alone after closing', async () => {
    await world.keys.start();
    world.keys.close();

    await world.passSeconds(3_600);
    expect(world.fetches).toBe(1);
  });

  test('that fail because of closing are no failure', async () => {
    const { promise, resolve } = withResolvers();
    world.answer = promise;
    const started = world.keys.start();
    world.keys.close();
    resolve(down);
    await started;
    await world.passSeconds(3_600);

    expect(world.failures).toEqual([]);
    expect(world.fetches).toBe(1);
    expect(await captureError(() => world.keys.requireKey('any'))).toBeInstanceOf(AuthenticationUnavailableError);
  });
});

test('the timer does not keep a process alive', async () => {
  const world = createWorld();
  const timersBefore = countTimers();
  await world.keys.start();

  expect(countTimers()).toBe(timersBefore);
  world.keys.close();
});

/** Node lists only the timers that keep the event loop going. */
function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

function withResolvers() {
  let resolve: (value: unknown) => void = () => {};
  const promise = new Promise<unknown>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
