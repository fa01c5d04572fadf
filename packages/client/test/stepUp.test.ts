import { expect, test } from 'vitest';
import { SubjectChangedError } from '../src/index.ts';
import { createApi, createIssuer, data, deferred, fieldRefusal, refusal, signedIn, tokenOf } from './recorder.ts';

const [before, after] = [tokenOf('ann', 1), tokenOf('ann', 2)];
const tooOld = fieldRefusal('INSUFFICIENT_USER_AUTHENTICATION', { maxAgeSeconds: 300 });

/** A manager whose step-up signs somebody in and records what it was asked. */
async function withStepUp(token: string | null = after) {
  const asked: object[] = [];
  const manager = await signedIn({
    ...createIssuer(),
    async stepUp(request) {
      asked.push(request);
      if (token === null) return false;
      await manager.setToken(token);
      return true;
    },
  });
  return { manager, asked };
}

test('a mutation that needs a newer sign-in is sent again once the person has signed in', async () => {
  const { manager, asked } = await withStepUp();
  const api = createApi((token) => (token === before ? tooOld : data));
  expect(await manager.run(api.operation(true))).toBe(data);
  expect([api.seen, asked]).toEqual([[before, after], [{ maxAgeSeconds: 300 }]]);
});

test('a sign-in that was not a new one is not asked for again and again', async () => {
  const { manager, asked } = await withStepUp();
  const api = createApi(() => tooOld);
  expect(await manager.run(api.operation(true))).toBe(tooOld);
  expect([api.seen.length, asked.length]).toEqual([2, 1]);
});

test('the refusal is handed out as it came when the person would rather not, and where nothing steps up', async () => {
  const { manager } = await withStepUp(null);
  const api = createApi(() => tooOld);
  expect([await manager.run(api.operation(true)), api.seen.length]).toEqual([tooOld, 1]);
  const without = await signedIn(createIssuer());
  expect([await without.run(api.operation(true)), api.seen.length]).toEqual([tooOld, 2]);
});

test('several operations ask the person once', async () => {
  const { promise: signedInAnew, resolve: signInAnew } = deferred();
  let asked = 0;
  const manager = await signedIn({
    ...createIssuer(),
    async stepUp() {
      asked += 1;
      await signedInAnew;
      await manager.setToken(after);
      return true;
    },
  });
  const api = createApi((token) => (token === before ? tooOld : data));
  const answers = Promise.all([manager.run(api.operation(true)), manager.run(api.operation())]);
  signInAnew();
  expect([await answers, asked]).toEqual([[data, data], 1]);
});

test('whoever is refused when somebody has just signed in anew is not asked again', async () => {
  const { manager, asked } = await withStepUp();
  const { promise: held, resolve: letGo } = deferred();
  const slow = createApi(async (token) => {
    if (token !== before) return data;
    await held;
    return tooOld;
  });
  const late = manager.run(slow.operation());
  await manager.run(createApi((token) => (token === before ? tooOld : data)).operation());
  letGo();
  expect([await late, asked.length]).toEqual([data, 1]);
});

test('when somebody else signs in, the operation is not sent in their name', async () => {
  const { manager } = await withStepUp(tokenOf('bob'));
  const api = createApi(() => tooOld);
  await expect(manager.run(api.operation(true))).rejects.toThrow(SubjectChangedError);
  expect(api.seen).toEqual([before]);
});

test('a whole request that is refused so, with 401, is stepped up and not refreshed', async () => {
  const issuer = createIssuer();
  const manager = await signedIn({ ...issuer, stepUp: async () => false });
  const whole = refusal('INSUFFICIENT_USER_AUTHENTICATION', { maxAgeSeconds: 60 }, 401);
  expect(await manager.run(createApi(() => whole).operation())).toBe(whole);
  expect(issuer.refreshCount()).toBe(0);
});

test('what stepUp throws reaches the caller', async () => {
  const manager = await signedIn({
    ...createIssuer(),
    stepUp: () => Promise.reject(new Error('the popup was blocked')),
  });
  await expect(manager.run(createApi(() => tooOld).operation(true))).rejects.toThrow('the popup was blocked');
});
