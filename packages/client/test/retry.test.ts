import { describe, expect, test } from 'vitest';
import { createTokenManager } from '../src/index.ts';
import { createApi, createIssuer, data, fieldRefusal, refusal, signedIn } from './recorder.ts';

const unavailable = (retryAfter?: string) =>
  refusal('CLAIMS_UNAVAILABLE', { retryable: true }, 503, retryAfter === undefined ? {} : { retryAfter });

test('what failed for a while is tried again, after Retry-After and a little more, until it is answered', async () => {
  const manager = await signedIn(createIssuer());
  const api = createApi((_token, attempt) => (attempt <= 3 ? unavailable('3') : data));
  expect(await manager.run(api.operation(true))).toBe(data);
  expect(api.seen.length).toBe(4);
  expect(manager.waits.map((ms) => ms >= 3_000 && ms <= 4_500)).toEqual([true, true, true]);
});

test('pauses differ by chance', async () => {
  const manager = await signedIn(createIssuer());
  await Promise.all(Array.from({ length: 20 }, () => manager.run(createApi(() => unavailable()).operation())));
  expect(new Set(manager.waits).size).toBeGreaterThan(10);
});

test('it is given up after four attempts more, and the answer handed out', async () => {
  const manager = await signedIn(createIssuer());
  const api = createApi(() => unavailable());
  expect(await manager.run(api.operation())).toEqual(unavailable());
  expect([api.seen.length, manager.waits.length]).toEqual([5, 4]);
});

test('nobody waits longer than the bound', async () => {
  const manager = await signedIn(createIssuer());
  const api = createApi(() => unavailable('3600'));
  await manager.run(api.operation());
  expect([api.seen.length, manager.waits]).toEqual([1, []]);
});

test('partial data waits for one attempt more', async () => {
  const manager = await signedIn(createIssuer());
  const partial = fieldRefusal('CLAIMS_UNAVAILABLE', { retryable: true });
  const api = createApi(() => partial);
  expect([await manager.run(api.operation()), api.seen.length]).toEqual([partial, 2]);
});

test('a mutation of which something may have been executed is not sent again', async () => {
  const manager = await signedIn(createIssuer());
  const done = fieldRefusal('AUTHENTICATION_UNAVAILABLE', { retryable: true });
  const api = createApi(() => done);
  expect([await manager.run(api.operation(true)), api.seen.length]).toEqual([done, 1]);
});

describe('a load balancer’s 503', () => {
  test('is tried again for a query', async () => {
    const manager = await signedIn(createIssuer());
    const api = createApi((_token, attempt) => (attempt === 1 ? { status: 503, retryAfter: '1' } : data));
    expect([await manager.run(api.operation()), api.seen.length]).toEqual([data, 2]);
  });

  test('is handed out for a mutation', async () => {
    const manager = await signedIn(createIssuer());
    const api = createApi(() => ({ status: 503, retryAfter: '1' }));
    expect([await manager.run(api.operation(true)), api.seen.length]).toEqual([{ status: 503, retryAfter: '1' }, 1]);
  });
});

test('an operation that is called off waits no longer and is not sent again', async () => {
  const manager = createTokenManager({ ...createIssuer(), name: 'called-off' });
  const calling = new AbortController();
  const api = createApi(() => {
    setImmediate(() => calling.abort(new Error('called off')));
    return unavailable('20');
  });
  await expect(manager.run({ ...api.operation(), signal: calling.signal })).rejects.toThrow('called off');
  expect(api.seen.length).toBe(1);
  await expect(manager.run({ ...api.operation(), signal: calling.signal })).rejects.toThrow('called off');
  expect(api.seen.length).toBe(1);
});

test.each([{ maxRetries: Number.NaN }, { maxRetries: -1 }, { maxWaitMs: Number.NaN }])(
  'a bound that bounds nothing is refused: %o',
  (retry) => {
    expect(() => createTokenManager({ ...createIssuer(), retry })).toThrow(TypeError);
  },
);
