import { expect, test } from 'vitest';
import { createMutex } from '../../../dev/embedded/mutex.ts';
import { nextTurn } from '../../../packages/claimgraph/test/support/until.ts';

const longMs = 60_000;

test('turns come one after another, in the order they were asked for', async () => {
  const turns = createMutex();
  const order: number[] = [];
  const first = await turns.acquire(longMs);
  const later = [1, 2, 3].map(async (number) => {
    const end = await turns.acquire(longMs);
    order.push(number);
    if (end !== 'timedOut') end();
  });
  await nextTurn();
  expect(order).toEqual([]);
  if (first !== 'timedOut') first();
  await Promise.all(later);
  expect(order).toEqual([1, 2, 3]);
});

test('who has waited too long leaves the line, and the next one gets the turn', async () => {
  const turns = createMutex();
  const first = await turns.acquire(longMs);
  const patient = turns.acquire(longMs);
  expect(await turns.acquire(1)).toBe('timedOut');
  const lastInLine = turns.acquire(longMs);
  if (first !== 'timedOut') first();
  const second = await patient;
  expect(second).toBeTypeOf('function');
  if (second !== 'timedOut') second();
  expect(await lastInLine).toBeTypeOf('function');
});
