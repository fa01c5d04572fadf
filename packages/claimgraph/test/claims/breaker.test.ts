import { expect, test } from 'vitest';
import { type BreakerState, createBreaker } from '../../src/claims/breaker.ts';

function createTestBreaker() {
  let nowMs = 0;
  const states: BreakerState[] = [];
  const breaker = createBreaker({
    failures: 3,
    cooldownMs: 1000,
    now: () => nowMs,
    onStateChange: (state) => states.push(state),
  });
  let calls = 0;
  const call = (outcome: 'works' | 'fails') =>
    breaker.run(async () => {
      calls += 1;
      if (outcome === 'fails') throw new Error('down');
      return 'answer';
    });
  return { breaker, call, states, calls: () => calls, pass: (ms: number) => (nowMs += ms) };
}

async function failTimes(count: number, call: (outcome: 'fails') => Promise<unknown>): Promise<void> {
  for (let index = 0; index < count; index += 1) await expect(call('fails')).rejects.toThrow('down');
}

test('passes results and errors on while it is closed', async () => {
  const { call, states } = createTestBreaker();
  await failTimes(2, call);
  expect(await call('works')).toBe('answer');
  await failTimes(2, call);
  expect(states).toEqual([]);
});

test('after three failures in a row nothing is called until the cooldown is over', async () => {
  const { call, calls, pass, states } = createTestBreaker();
  await failTimes(3, call);
  await expect(call('works')).rejects.toThrow(/\b1000 ms$/);
  pass(999);
  await expect(call('works')).rejects.toThrow(/\b1 ms$/);
  expect(calls()).toBe(3);
  pass(1);
  expect(await call('works')).toBe('answer');
  expect(states).toEqual(['open', 'probing', 'closed']);
});

test('one call probes, and the others are refused meanwhile', async () => {
  const { breaker, call, calls, pass, states } = createTestBreaker();
  await failTimes(3, call);
  pass(1000);
  let finish = (_answer: string) => {};
  const probe = breaker.run(() => new Promise<string>((resolve) => (finish = resolve)));
  await expect(call('works')).rejects.toThrow('not called');
  expect(calls()).toBe(3);
  finish('back');
  expect(await probe).toBe('back');
  expect(await call('works')).toBe('answer');
  expect(states).toEqual(['open', 'probing', 'closed']);
});

test('a probe that fails opens it for another cooldown', async () => {
  const { call, calls, pass, states } = createTestBreaker();
  await failTimes(3, call);
  pass(1000);
  await failTimes(1, call);
  pass(999);
  await expect(call('works')).rejects.toThrow('not called');
  expect(calls()).toBe(4);
  expect(states).toEqual(['open', 'probing', 'open']);
});

test('a call from before the break does not close it when it ends well afterwards', async () => {
  const { breaker, call, states } = createTestBreaker();
  let finish = (_answer: string) => {};
  const slow = breaker.run(() => new Promise<string>((resolve) => (finish = resolve)));
  await failTimes(3, call);
  finish('late');
  expect(await slow).toBe('late');
  await expect(call('works')).rejects.toThrow('not called');
  expect(states).toEqual(['open']);
});
