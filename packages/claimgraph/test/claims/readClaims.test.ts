import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimsCache } from '../../src/claims/claimsCache.ts';
import { readClaims } from '../../src/claims/readClaims.ts';
import type { SettledClaims } from '../../src/claims/settledClaims.ts';
import { ClaimsUnavailableError } from '../../src/errors.ts';
import { anonymous, type MachinePrincipal, type UserPrincipal } from '../../src/token/principal.ts';
import { createTestCache, laterExp, passSeconds, passWindow, start, stopTime } from './createTestCache.ts';
import { answerAtOnce, claimsOf, machine, type TestClaims, user } from './recordingSource.ts';

beforeEach(stopTime);
afterEach(() => {
  vi.useRealTimers();
});

function userPrincipal(name: string, expiresAt = laterExp): UserPrincipal {
  return {
    ...user(name),
    kind: 'user',
    clientId: 'spa',
    scopes: new Set(),
    authTime: 0,
    issuedAt: 0,
    expiresAt,
    originTokenId: undefined,
  };
}

function machinePrincipal(name: string): MachinePrincipal {
  return { ...machine(name), kind: 'machine', clientId: name, scopes: new Set(), issuedAt: 0, expiresAt: laterExp };
}

/** A cache that only records, and remembers what it is told to. */
function createRecordingCache(
  outcome: () => Promise<SettledClaims<TestClaims>>,
  remembered?: SettledClaims<TestClaims>,
) {
  const gets: unknown[] = [];
  const cache: Pick<ClaimsCache<TestClaims>, 'get' | 'peek'> = {
    peek: () => remembered,
    get: ({ kind, subject }, notAfter) => {
      gets.push({ kind, subject, notAfter });
      return outcome();
    },
  };
  return { cache, gets };
}

describe('the claims of a caller', () => {
  test('are those that are remembered, and nobody is asked', async () => {
    const settled = { state: 'found', claims: claimsOf('ann'), asOf: new Date(start) } as const;
    const { cache, gets } = createRecordingCache(refuse, settled);
    expect(await readClaims(cache, userPrincipal('ann'))).toBe(settled);
    expect(gets).toEqual([]);
  });

  test('of several callers are one call of the source', async () => {
    const { cache, calls } = createTestCache({}, answerAtOnce);
    const all = Promise.all(
      [userPrincipal('same'), machinePrincipal('same'), userPrincipal('unknown')].map((who) => readClaims(cache, who)),
    );
    await passWindow();
    expect((await all).map(({ state }) => state)).toEqual(['found', 'found', 'absent']);
    expect(calls.map((call) => call.subjects)).toEqual([[user('same'), machine('same'), user('unknown')]]);
  });

  test('are remembered for later requests no longer than the token is valid', async () => {
    const { cache, calls } = createTestCache({}, answerAtOnce);
    for (const pause of [0, 9]) {
      await passSeconds(pause);
      const loaded = readClaims(cache, userPrincipal('ann', start / 1000 + 9));
      await passWindow();
      await loaded;
    }
    expect(calls.length).toBe(2);
  });

  test('that a function gives are frozen, and as old as the question', async () => {
    const record = claimsOf('ann');
    const read = await readClaims(() => record, userPrincipal('ann'));
    expect(read).toEqual({ state: 'found', claims: record, asOf: new Date(start) });
    expect(read.state === 'found' && Object.isFrozen(read.claims)).toBe(true);
    for (const none of [null, undefined]) {
      expect(await readClaims(() => none, userPrincipal('ann'))).toEqual({ state: 'absent', asOf: new Date(start) });
    }
  });
});

describe('a failure', () => {
  test('of one caller leaves the others alone', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 1 });
    const all = Promise.all(['ann', 'bob'].map((name) => readClaims(cache, userPrincipal(name))));
    await passWindow();
    calls[0]?.fail(new Error('down'));
    calls[1]?.answerFound({});
    expect((await all).map(({ state }) => state)).toEqual(['unavailable', 'absent']);
  });

  test.each([
    [
      'a cache that should not have it',
      { get: () => Promise.reject(new TypeError('a defect')), peek: () => undefined },
    ],
    ['a function that throws', refuse],
    ['a function that rejects', async () => refuse()],
  ])('of %s is CLAIMS_UNAVAILABLE too', async (_what, claims) => {
    expect(await readClaims<TestClaims>(claims, userPrincipal('ann'))).toMatchObject({
      state: 'unavailable',
      error: { code: 'CLAIMS_UNAVAILABLE', cause: new TypeError('a defect') },
    });
  });

  test('that says what it is stays as it is', async () => {
    const error = new ClaimsUnavailableError('down');
    const { cache } = createRecordingCache(() => Promise.reject(error));
    expect(await readClaims(cache, userPrincipal('ann'))).toEqual({ state: 'unavailable', error });
  });
});

function refuse(): never {
  throw new TypeError('a defect');
}

test('wrong use does not compile', () => {
  const { cache } = createRecordingCache(async () => ({ state: 'absent', asOf: new Date(start) }));
  const wrong = [
    // @ts-expect-error nobody's claims cannot be read
    () => readClaims(cache, anonymous),
    async () => {
      const claims = await readClaims(cache, userPrincipal('ann'));
      // @ts-expect-error whether there is a business record has to be asked first
      return claims.claims;
    },
    async () => {
      const claims = await readClaims(cache, userPrincipal('ann'));
      // @ts-expect-error claims are what the request is decided by
      if (claims.state === 'found') claims.claims.owner = 'eve';
    },
  ];
  expect(wrong.length).toBe(3);
});
