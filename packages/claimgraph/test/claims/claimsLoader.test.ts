import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ClaimsCache } from '../../src/claims/claimsCache.ts';
import { createClaimsLoader } from '../../src/claims/claimsLoader.ts';
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

/** A cache that only records, and fails as long as it is told to. */
function createRecordingCache(outcome: () => Promise<SettledClaims<TestClaims>>) {
  const gets: unknown[] = [];
  const cache: Pick<ClaimsCache<TestClaims>, 'get'> = {
    get: ({ kind, subject }, notAfter) => {
      gets.push({ kind, subject, notAfter });
      return outcome();
    },
  };
  return { cache, gets };
}

describe('the claims of one request', () => {
  const settled = async () => ({ found: true, claims: claimsOf('ann'), asOf: new Date(start) }) as const;

  test('are not read before they are asked for', async () => {
    const { cache, gets } = createRecordingCache(settled);
    const loader = createClaimsLoader(cache);
    expect(gets).toEqual([]);
    expect(await loader.load(userPrincipal('ann'))).toEqual(await settled());
    expect(gets).toEqual([{ kind: 'user', subject: 'ann', notAfter: laterExp }]);
  });

  test('are read once for fifty aliases, at the same time or one after the other', async () => {
    const { cache, gets } = createRecordingCache(settled);
    const loader = createClaimsLoader(cache);
    await Promise.all(Array.from({ length: 50 }, () => loader.load(userPrincipal('ann'))));
    for (let n = 0; n < 50; n += 1) await loader.load(userPrincipal('ann'));
    expect(gets.length).toBe(1);
  });

  test('stay the same when they are invalidated in the middle of it; the next request sees the new ones', async () => {
    let number = 0;
    const { cache, calls } = createTestCache({}, (call) => {
      number += 1;
      call.answerFound({ ann: claimsOf('ann', number) });
    });
    const load = async (loader: ReturnType<typeof createClaimsLoader<TestClaims>>) => {
      const loaded = loader.load(userPrincipal('ann'));
      await passWindow();
      return loaded;
    };
    const request = createClaimsLoader(cache);
    await load(request);
    cache.invalidate(user('ann'));
    expect(await load(request)).toMatchObject({ claims: { version: 1 } });
    expect(await load(createClaimsLoader(cache))).toMatchObject({ claims: { version: 2 } });
    expect(calls.length).toBe(2);
  });

  test('of several principals are one call of the source', async () => {
    const { cache, calls } = createTestCache({}, answerAtOnce);
    const loader = createClaimsLoader(cache);
    const all = Promise.all([
      loader.load(userPrincipal('same')),
      loader.load(machinePrincipal('same')),
      loader.load(userPrincipal('unknown')),
    ]);
    await passWindow();
    expect((await all).map(({ found }) => found)).toEqual([true, true, false]);
    expect(calls.map((call) => call.subjects)).toEqual([[user('same'), machine('same'), user('unknown')]]);
  });

  test('are remembered for later requests no longer than the token is valid', async () => {
    const { cache, calls } = createTestCache({}, answerAtOnce);
    for (const pause of [0, 9]) {
      await passSeconds(pause);
      const loaded = createClaimsLoader(cache).load(userPrincipal('ann', start / 1000 + 9));
      await passWindow();
      await loaded;
    }
    expect(calls.length).toBe(2);
  });
});

describe('a failure', () => {
  test('is the outcome of the whole request, even when the source recovers meanwhile', async () => {
    let isDown = true;
    const { cache, gets } = createRecordingCache(async () => {
      if (isDown) throw new ClaimsUnavailableError('down');
      return { found: false, asOf: new Date(start) };
    });
    const loader = createClaimsLoader(cache);
    const failure = { code: 'CLAIMS_UNAVAILABLE', message: 'down' };
    await expect(loader.load(userPrincipal('ann'))).rejects.toMatchObject(failure);
    isDown = false;
    await expect(loader.load(userPrincipal('ann'))).rejects.toMatchObject(failure);
    expect(gets.length).toBe(1);
    expect(await createClaimsLoader(cache).load(userPrincipal('ann'))).toMatchObject({ found: false });
  });

  test('of one principal leaves the others alone', async () => {
    const { cache, calls } = createTestCache({ maxBatchSize: 1 });
    const loader = createClaimsLoader(cache);
    const all = Promise.allSettled([loader.load(userPrincipal('ann')), loader.load(userPrincipal('bob'))]);
    await passWindow();
    calls[0]?.fail(new Error('down'));
    calls[1]?.answerFound({});
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('that no cache should have is CLAIMS_UNAVAILABLE too', async () => {
    const { cache } = createRecordingCache(() => Promise.reject(new TypeError('a defect')));
    await expect(createClaimsLoader(cache).load(userPrincipal('ann'))).rejects.toMatchObject({
      code: 'CLAIMS_UNAVAILABLE',
      cause: new TypeError('a defect'),
    });
  });
});

test('wrong use does not compile', () => {
  const { cache } = createRecordingCache(async () => ({ found: false, asOf: new Date(start) }));
  const loader = createClaimsLoader(cache);
  const wrong = [
    // @ts-expect-error nobody's claims cannot be loaded
    () => loader.load(anonymous),
    async () => {
      const settled = await loader.load(userPrincipal('ann'));
      // @ts-expect-error whether there is a business record has to be asked first
      return settled.claims;
    },
    async () => {
      const settled = await loader.load(userPrincipal('ann'));
      // @ts-expect-error claims are what the request is decided by
      if (settled.found) settled.claims.owner = 'eve';
    },
  ];
  expect(wrong.length).toBe(3);
});
