import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimsSource } from '../../src/claims/claimsSource.ts';
import { ClaimsUnavailableError } from '../../src/errors.ts';
import { toSubjectKey } from '../../src/token/principal.ts';
import { createTestCache, laterExp, passSeconds, passWindow, stopTime } from './createTestCache.ts';
import { answerAtOnce, claimsOf, createRecordingSource, type TestClaims, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

const annKey = toSubjectKey(user('ann'));
const down = new Error('connection refused');

const gotInstead = (got: string) => ({ name: 'TypeError', message: expect.stringContaining(`Map; got ${got}`) });

/** What a source may do wrong, and the cause that the log then shows. */
const failures: readonly [string, () => unknown, object | string][] = [
  ['rejects', () => Promise.reject(down), down],
  ['rejects with something that is no Error', () => Promise.reject('down'), 'down'],
  [
    'throws at once',
    () => {
      throw down;
    },
    down,
  ],
  ['gives undefined', () => undefined, gotInstead('[object Undefined]')],
  ['gives null', () => null, gotInstead('[object Null]')],
  ['gives an array', () => [['secret']], gotInstead('[object Array]')],
  ['gives an object', () => ({ [annKey]: {} }), gotInstead('[object Object]')],
  [
    'gives claims of somebody else',
    () =>
      new Map([
        [annKey, claimsOf('ann')],
        ['user https://issuer.example eve', claimsOf('eve')],
      ]),
    { name: 'TypeError', message: expect.not.stringMatching(/\b(eve|ann)\b/) },
  ],
  [
    'gives undefined for a subject',
    () => new Map([[annKey, undefined]]),
    { message: expect.stringMatching(new RegExp(`${annKey}: .*got undefined$`)) },
  ],
  [
    'gives null for a subject',
    () => new Map([[annKey, null]]),
    { message: expect.stringMatching(new RegExp(`${annKey}: .*got null$`)) },
  ],
  ...[-1, 0.5, '7', null, 2 ** 53].map((revision): [string, () => unknown, object] => [
    `gives the revision ${JSON.stringify(revision)}`,
    () => ({ claims: new Map([[annKey, claimsOf('ann')]]), revision }),
    { name: 'TypeError', message: expect.stringContaining('revision') },
  ]),
  [
    'gives claims that cannot be frozen',
    () => new Map([[annKey, { regions: new Set(['USA']) }]]),
    {
      message: expect.stringContaining(annKey),
      cause: { name: 'TypeError', message: expect.stringContaining('claims.regions') },
    },
  ],
];

describe('when the source fails, everybody in the batch gets ClaimsUnavailableError', () => {
  test.each(failures)('the source %s', async (_name, misbehave, cause) => {
    const source = { fetchClaims: misbehave } as unknown as ClaimsSource<TestClaims>;
    const { cache } = createTestCache({ source });
    const outcomes = Promise.allSettled(['ann', 'bob'].map((name) => cache.get(user(name), laterExp)));
    await passWindow();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CLAIMS_UNAVAILABLE', cause } });
      expect(outcome.status === 'rejected' && outcome.reason).toBeInstanceOf(ClaimsUnavailableError);
    }
  });
});

test('a record that the source did not understand fails its subject alone', async () => {
  const { cache, calls, lastCall } = createTestCache();
  const asked = ['ann', 'bob', 'cid'].map((name) => cache.get(user(name), laterExp));
  const outcomes = Promise.allSettled(asked);
  await passWindow();
  const malformed = new ClaimsUnavailableError('claims for ann: "title" must be a text');
  lastCall().answerFound({ ann: malformed, bob: claimsOf('bob') });
  expect(await outcomes).toMatchObject([
    { reason: malformed },
    { value: { state: 'found', claims: claimsOf('bob') } },
    { value: { state: 'absent' } },
  ]);
  expect(calls.length).toBe(1);
  expect(cache.peek(user('ann'))).toBeUndefined();
  expect(cache.peek(user('bob'))).toMatchObject({ state: 'found' });
});

describe('a failure', () => {
  test('is shared by those who asked while the call was under way', async () => {
    const { cache, calls, lastCall } = createTestCache();
    const early = Promise.allSettled([cache.get(user('ann'), laterExp)]);
    await passWindow();
    const late = Promise.allSettled([cache.get(user('ann'), laterExp)]);
    lastCall().fail(down);
    expect(await late).toEqual(await early);
    expect(calls.length).toBe(1);
  });

  test('is not remembered: the next question asks the source again', async () => {
    let isDown = true;
    const { source, calls } = createRecordingSource((call) => (isDown ? call.fail(down) : answerAtOnce(call)));
    const { cache } = createTestCache({ source });
    const ask = async () => {
      const outcome = Promise.allSettled([cache.get(user('ann'), laterExp)]);
      await passWindow();
      return (await outcome)[0];
    };
    expect(await ask()).toMatchObject({ status: 'rejected' });
    isDown = false;
    expect(await ask()).toMatchObject({ value: { state: 'found', claims: claimsOf('ann') } });
    expect(calls.length).toBe(2);
  });

  test('does not replace what is remembered, nor prolong it', async () => {
    let isDown = false;
    const { source } = createRecordingSource((call) => (isDown ? call.fail(down) : answerAtOnce(call)));
    const { cache } = createTestCache({ source });
    await Promise.all([cache.get(user('ann'), laterExp), passWindow()]);
    isDown = true;
    await Promise.all([expect(cache.get(user('bob'), laterExp)).rejects.toThrow(ClaimsUnavailableError), passWindow()]);
    expect(await cache.get(user('ann'), laterExp)).toMatchObject({ state: 'found' });
    await passSeconds(30);
    await Promise.all([expect(cache.get(user('ann'), laterExp)).rejects.toThrow(ClaimsUnavailableError), passWindow()]);
  });

  test('leaves the batches beside it alone', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 1 });
    const ann = expect(cache.get(user('ann'), laterExp)).rejects.toThrow(ClaimsUnavailableError);
    const bob = cache.get(user('bob'), laterExp);
    calls[0]?.fail(down);
    calls[1]?.answerFound({ bob: claimsOf('bob') });
    await ann;
    expect(await bob).toMatchObject({ state: 'found' });
  });
});
